package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads what slices and dead letters tell of the prompts that were dealt with. */
final class PromptTraces implements AutoCloseable {

  /**
   * That prompts were dealt with.
   *
   * @param last the highest of their offsets
   * @param topicId empty where a slice of an early version has none, null for a dead letter
   * @param time of the prompt of a dead letter, 0 for a slice
   */
  record Trace(TopicPartition partition, long last, @Nullable String topicId, long time) {

    /**
     * Whether it is of this topic and not of an earlier one of its name. A letter, which names no
     * id, is told by time: what was in the earlier topic is older than all that is in this one.
     */
    boolean isOf(String id, long oldest) {
      return topicId == null ? time >= oldest : topicId.isEmpty() || topicId.equals(id);
    }
  }

  private final Topics topics;
  private final Duration timeout;
  private final Clock clock;
  private final Admin admin;
  private final Consumer<byte[], Slice> slices;
  private final Consumer<byte[], byte[]> letters;

  /**
   * @param timeout for reading them ({@code startup.timeout.ms})
   */
  PromptTraces(
      KafkaClients kafka, RecordSerdes serdes, Topics topics, Duration timeout, Clock clock) {
    this.topics = topics;
    this.timeout = timeout;
    this.clock = clock;
    this.admin = kafka.admin();
    this.slices = kafka.reader(serdes.deserializer(Slice.class));
    this.letters = kafka.reader(new ByteArrayDeserializer());
  }

  /** Hands on what was written at this time or later. */
  void since(Instant since, java.util.function.Consumer<Trace> traces) {
    Instant giveUp = clock.instant().plus(timeout);
    read(
        slices,
        topics.slices(),
        since,
        giveUp,
        record -> traces.accept(of(record.value().getSpan())));
    read(
        letters,
        topics.deadLetters(),
        since,
        giveUp,
        letter -> {
          if (letter.headers().lastHeader(HeaderNames.ERROR_OFFSET) != null) {
            traces.accept(of(letter));
          }
        });
  }

  private <V> void read(
      Consumer<byte[], V> reader,
      String topic,
      Instant since,
      Instant giveUp,
      java.util.function.Consumer<ConsumerRecord<byte[], V>> records) {
    try {
      for (TopicPartition partition : partitions(reader, topic)) {
        Duration left = Duration.between(clock.instant(), giveUp);
        TopicTail.readSince(
            since,
            reader,
            admin,
            partition,
            left.isNegative() ? Duration.ofMillis(1) : left,
            clock,
            records);
      }
    } catch (IllegalStateException e) {
      throw new StartupException(
          "%s could not be read to see whether the offsets of prompts were lost (%s): raise startup.timeout.ms"
              .formatted(topic, e.getMessage()),
          e);
    }
  }

  private static Trace of(Span span) {
    List<Run> runs = Runs.decode(span.getRuns());
    return new Trace(
        new TopicPartition(span.getTopic(), span.getPartition()),
        runs.get(runs.size() - 1).last(),
        span.getTopicId(),
        0);
  }

  private static Trace of(ConsumerRecord<byte[], byte[]> letter) {
    return new Trace(
        new TopicPartition(
            header(letter, HeaderNames.ERROR_TOPIC),
            Integer.parseInt(header(letter, HeaderNames.ERROR_PARTITION))),
        Long.parseLong(header(letter, HeaderNames.ERROR_OFFSET)),
        null,
        Long.parseLong(header(letter, HeaderNames.TIMESTAMP)));
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  /** All that was written since then is still there. */
  Instant completeSince() {
    Instant slices = completeSince(this.slices, topics.slices());
    Instant letters = completeSince(this.letters, topics.deadLetters());
    return slices.isAfter(letters) ? slices : letters;
  }

  private Instant completeSince(Consumer<?, ?> reader, String topic) {
    if (reader.beginningOffsets(partitions(reader, topic)).values().stream()
        .allMatch(start -> start == 0)) {
      return Instant.EPOCH;
    }
    Map<String, String> settings = new TopicAdmin(admin, timeout).settings(topic);
    if (number(settings, TopicConfig.RETENTION_BYTES_CONFIG) >= 0) {
      return clock.instant();
    }
    long retention = number(settings, TopicConfig.RETENTION_MS_CONFIG);
    return retention < 0 ? Instant.EPOCH : clock.instant().minusMillis(retention);
  }

  private static long number(Map<String, String> settings, String key) {
    return Long.parseLong(settings.getOrDefault(key, "-1"));
  }

  private static List<TopicPartition> partitions(Consumer<?, ?> reader, String topic) {
    return reader.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .collect(Collectors.toList());
  }

  @Override
  public void close() {
    letters.close();
    slices.close();
    admin.close();
  }
}
