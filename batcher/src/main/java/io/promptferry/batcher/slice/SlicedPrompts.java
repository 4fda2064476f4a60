package io.promptferry.batcher.slice;

import io.promptferry.batcher.position.Past;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Which prompts the slicer has dealt with. Slices, dead letters and offsets are written in one
 * transaction, so the first two say what lost offsets said: a partition was read up to the highest
 * offset that one of them names.
 */
final class SlicedPrompts implements Past {

  /**
   * Slices and letters have their batcher's time, prompts the broker's or their sender's; of both,
   * Kafka takes none that is further ahead of its own.
   */
  private static final Duration CLOCKS_APART = Duration.ofHours(1);

  private final KafkaClients kafka;
  private final RecordSerdes serdes;
  private final Topics topics;
  private final String group;
  private final Duration timeout;
  private final Clock clock;

  /**
   * @param timeout for reading slices and dead letters ({@code startup.timeout.ms})
   */
  SlicedPrompts(
      KafkaClients kafka,
      RecordSerdes serdes,
      Topics topics,
      String group,
      Duration timeout,
      Clock clock) {
    this.kafka = kafka;
    this.serdes = serdes;
    this.topics = topics;
    this.group = group;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public boolean isBlank() {
    try (Admin admin = kafka.admin()) {
      return TopicTail.highWatermarks(
              admin, List.of(topics.slices(), topics.deadLetters()), timeout)
          .values()
          .stream()
          .allMatch(end -> end == 0);
    }
  }

  /**
   * Nothing is asked of a partition without prompts; otherwise no more of slices and letters is
   * read than what is as young as the oldest prompt: little where a partition was just added.
   */
  @Override
  public Optional<String> problem(Map<TopicPartition, String> unset) {
    Map<TopicPartition, OffsetAndTimestamp> oldest = oldest(unset.keySet());
    if (oldest.isEmpty()) {
      return Optional.empty();
    }
    try (var traces = new PromptTraces(kafka, serdes, topics, timeout, clock)) {
      Map<TopicPartition, Long> next = next(traces, unset, oldest);
      if (!next.isEmpty()) {
        return Optional.of(lost(next));
      }
      Instant complete = traces.completeSince();
      List<TopicPartition> untold =
          oldest.entrySet().stream()
              .filter(first -> dealtWith(first.getValue()).isBefore(complete))
              .map(Map.Entry::getKey)
              .toList();
      return untold.isEmpty() ? Optional.empty() : Optional.of(untold(untold));
    }
  }

  /** The oldest prompt of each partition that has any. */
  private Map<TopicPartition, OffsetAndTimestamp> oldest(Collection<TopicPartition> partitions) {
    try (Consumer<byte[], byte[]> reader = kafka.reader(new ByteArrayDeserializer())) {
      var oldest =
          new HashMap<>(
              reader.offsetsForTimes(
                  partitions.stream().collect(Collectors.toMap(partition -> partition, p -> 0L))));
      oldest.values().removeIf(first -> first == null);
      return oldest;
    }
  }

  /** What is behind the last prompt that was dealt with, where prompts before it still stand. */
  private static Map<TopicPartition, Long> next(
      PromptTraces traces,
      Map<TopicPartition, String> ids,
      Map<TopicPartition, OffsetAndTimestamp> oldest) {
    var next = new HashMap<TopicPartition, Long>();
    Instant since =
        oldest.values().stream()
            .map(SlicedPrompts::dealtWith)
            .reduce((a, b) -> a.isBefore(b) ? a : b)
            .orElseThrow();
    traces.since(
        since,
        trace -> {
          OffsetAndTimestamp first = oldest.get(trace.partition());
          if (first != null
              && first.offset() <= trace.last()
              && trace.isOf(ids.getOrDefault(trace.partition(), ""), first.timestamp())) {
            next.merge(trace.partition(), trace.last() + 1, Math::max);
          }
        });
    return next;
  }

  /** Not before this. */
  private static Instant dealtWith(OffsetAndTimestamp prompt) {
    return Instant.ofEpochMilli(prompt.timestamp()).minus(CLOCKS_APART);
  }

  private String lost(Map<TopicPartition, Long> next) {
    var lines = new TreeMap<String, Long>();
    next.forEach((p, offset) -> lines.put(p.topic() + "," + p.partition(), offset));
    return ("the offsets of group %s are gone for prompts that %s or %s tell of: stop every batcher of it and set"
            + " them with 'kafka-consumer-groups.sh --bootstrap-server <broker> --group %s --reset-offsets"
            + " --from-file <file> --execute' and a file of these lines: %s; to start over would pay a second time")
        .formatted(
            group,
            topics.slices(),
            topics.deadLetters(),
            group,
            lines.entrySet().stream()
                .map(line -> line.getKey() + "," + line.getValue())
                .collect(Collectors.joining(" ")));
  }

  private String untold(List<TopicPartition> partitions) {
    return ("group %s has no offsets for %s, and whether prompts there were sliced before cannot be told, since"
            + " retention has taken slices or dead letters as old as they are: stop every batcher of the group and set"
            + " them with 'kafka-consumer-groups.sh --bootstrap-server <broker> --group %s --topic <topic>"
            + " --reset-offsets --to-earliest --execute' if they never were, else with --to-datetime <when they last"
            + " were>")
        .formatted(
            group,
            partitions.stream()
                .map(TopicPartition::toString)
                .sorted()
                .collect(Collectors.joining(", ")),
            group);
  }
}
