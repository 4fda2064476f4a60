package io.promptferry.local.demo.traffic;

/**
 * A prompt and where the broker put it.
 *
 * @param prompt what was sent
 * @param topic the prompts topic
 * @param partition of that topic
 * @param offset in that partition
 */
public record Sent(DemoPrompt prompt, String topic, int partition, long offset) {

  /** As they stand in the header of an answer. */
  public String coordinates() {
    return topic + "-" + partition + "-" + offset;
  }

  /** The prompt's name in the input file, and so on the bill. */
  public String lineKey() {
    return partition + "-" + offset;
  }
}
