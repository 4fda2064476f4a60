package io.promptferry.local.demo.traffic;

/**
 * A passage of a State of the Union address.
 *
 * @param id unique among the passages
 * @param key the president, which becomes the Kafka key of the prompt
 * @param year the year of the address
 * @param party the president's party, {@code none} where there was none
 * @param text 300 to 500 characters, whole sentences on one line
 */
public record Passage(String id, String key, int year, String party, String text) {}
