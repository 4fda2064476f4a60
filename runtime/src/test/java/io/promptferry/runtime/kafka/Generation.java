package io.promptferry.runtime.kafka;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/** A generation of a group. */
final class Generation {

  private Generation() {}

  @SuppressWarnings("removal") // what Kafka's own mock does; it names nothing in its place
  static ConsumerGroupMetadata of(int number) {
    return new ConsumerGroupMetadata("group", number, "member", Optional.empty());
  }
}
