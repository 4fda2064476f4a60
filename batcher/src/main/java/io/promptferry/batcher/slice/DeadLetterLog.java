package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.TopicAdmin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads from the dead letters which prompts were rejected. */
final class DeadLetterLog implements RejectedPrompts {

  /** A letter has its batcher's time, and its prompt the broker's. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(10);

  /** Longer than a transaction that a dead batcher left open. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final KafkaClients kafka;
  private final String topic;
  private final Clock clock;

  DeadLetterLog(KafkaClients kafka, String topic, Clock clock) {
    this.kafka = kafka;
    this.topic = topic;
    this.clock = clock;
  }

  @Override
  public Set<Long> of(TopicPartition prompts, Instant since) {
    var offsets = new HashSet<Long>();
    try (Admin admin = kafka.admin();
        Consumer<byte[], byte[]> reader = kafka.reader(new ByteArrayDeserializer())) {
      int partitions = new TopicAdmin(admin, TIMEOUT).describe(topic).partitions().size();
      for (int number = 0; number < partitions; number++) {
        TopicTail.readSince(
            since.minus(CLOCKS_APART),
            reader,
            admin,
            new TopicPartition(topic, number),
            TIMEOUT,
            clock,
            letter -> {
              if (header(letter, HeaderNames.ERROR_TOPIC).equals(prompts.topic())
                  && header(letter, HeaderNames.ERROR_PARTITION)
                      .equals(Integer.toString(prompts.partition()))) {
                offsets.add(Long.parseLong(header(letter, HeaderNames.ERROR_OFFSET)));
              }
            });
      }
    }
    return offsets;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }
}
