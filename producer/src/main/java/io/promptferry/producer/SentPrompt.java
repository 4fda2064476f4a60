package io.promptferry.producer;

import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A prompt that Kafka has. Inside of a transaction it exists once that is committed.
 *
 * @param id what the answer's {@code id} will be: the prompt's own, else its coordinates
 */
public record SentPrompt(String id, String topic, int partition, long offset) {

  static SentPrompt of(String id, RecordMetadata written) {
    String coordinates = coordinates(written.topic(), written.partition(), written.offset());
    return new SentPrompt(
        id.isEmpty() ? coordinates : id, written.topic(), written.partition(), written.offset());
  }

  /** {@code <topic>-<partition>-<offset>}, as in the answer's header {@code promptferry-prompt}. */
  public String coordinates() {
    return coordinates(topic, partition, offset);
  }

  private static String coordinates(String topic, int partition, long offset) {
    return topic + "-" + partition + "-" + offset;
  }
}
