package io.promptferry.batcher.slice;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds prompts that their sender has sent again, by their ids. What it knows needs no store: when
 * a partition is taken up, its last records are read again, and the slices tell which of them were
 * accepted.
 */
final class RepeatFilter {

  /**
   * The slices are read from so much earlier than a partition needs it: partitions are left at
   * about the same time, and one reading serves all that are taken up together.
   */
  private static final Duration SPREAD = Duration.ofHours(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Function<TopicPartition, String> topicIds;
  private final AcceptedPrompts accepted;
  private final SliceBounds bounds;
  private final SliceMetrics metrics;
  private final Map<TopicPartition, PartitionMemory> partitions = new HashMap<>();

  /** Of partitions that have shown no record yet, by slices since {@link #markedSince}. */
  private final Map<TopicPartition, AcceptedOffsets> marked = new HashMap<>();

  private Instant markedSince = Instant.MAX;

  RepeatFilter(
      Consumer<byte[], byte[]> consumer,
      Function<TopicPartition, String> topicIds,
      AcceptedPrompts accepted,
      SliceBounds bounds,
      SliceMetrics metrics) {
    this.consumer = consumer;
    this.topicIds = topicIds;
    this.accepted = accepted;
    this.bounds = bounds;
    this.metrics = metrics;
  }

  /**
   * Moves the consumer back, by the window and at most by the reach, in each partition that shows
   * its first records since it was taken up.
   *
   * @return the partitions in which it did: their records, and all behind, come again
   */
  Set<TopicPartition> rewind(ConsumerRecords<byte[], byte[]> records) {
    Map<TopicPartition, Long> since = windows(records);
    if (since.isEmpty()) {
      return Set.of();
    }
    Map<TopicPartition, Long> starts = starts(since, records);
    starts.keySet().stream()
        .map(since::get)
        .min(Comparator.naturalOrder())
        .ifPresent(oldest -> mark(Instant.ofEpochMilli(oldest), starts.keySet(), records));
    for (TopicPartition partition : since.keySet()) {
      var ids = new AcceptedIds(bounds.repeatWindow(), bounds.repeatIds());
      partitions.put(
          partition,
          new PartitionMemory(first(records, partition).offset(), ids, marked.remove(partition)));
    }
    starts.forEach(consumer::seek);
    return starts.keySet();
  }

  /** When the window before the first record begins, in milliseconds, of each that is new. */
  private Map<TopicPartition, Long> windows(ConsumerRecords<byte[], byte[]> records) {
    if (bounds.repeatWindow().isZero()) {
      return Map.of();
    }
    var since = new HashMap<TopicPartition, Long>();
    for (TopicPartition partition : records.partitions()) {
      if (!partitions.containsKey(partition)) {
        long time = first(records, partition).timestamp() - bounds.repeatWindow().toMillis();
        since.put(partition, Math.max(0, time));
      }
    }
    return since;
  }

  /** Where to read from again; without those that have nothing before their first record. */
  private Map<TopicPartition, Long> starts(
      Map<TopicPartition, Long> since, ConsumerRecords<byte[], byte[]> records) {
    Map<TopicPartition, OffsetAndTimestamp> young = consumer.offsetsForTimes(since);
    var starts = new HashMap<TopicPartition, Long>();
    for (TopicPartition partition : since.keySet()) {
      OffsetAndTimestamp start = young.get(partition);
      long resume = first(records, partition).offset();
      if (start != null && start.offset() < resume) {
        starts.put(partition, Math.max(start.offset(), resume - bounds.repeatIds()));
      }
    }
    return starts;
  }

  private void mark(
      Instant since, Set<TopicPartition> needed, ConsumerRecords<byte[], byte[]> records) {
    if (marked.keySet().containsAll(needed) && !since.isBefore(markedSince)) {
      return;
    }
    marked.clear();
    for (TopicPartition partition : consumer.assignment()) {
      if (!partitions.containsKey(partition)) {
        long to =
            records.partitions().contains(partition)
                ? first(records, partition).offset()
                : consumer.position(partition);
        marked.put(
            partition, new AcceptedOffsets(topicIds.apply(partition), to, bounds.repeatIds()));
      }
    }
    markedSince = since.minus(SPREAD);
    accepted.mark(markedSince, marked);
  }

  private static ConsumerRecord<byte[], byte[]> first(
      ConsumerRecords<byte[], byte[]> records, TopicPartition partition) {
    return records.records(partition).get(0);
  }

  /** The first record that is for more than to be known again; empty when all are. */
  OptionalLong resume(TopicPartition partition) {
    PartitionMemory memory = partitions.get(partition);
    return memory == null ? OptionalLong.empty() : OptionalLong.of(memory.resume());
  }

  /** {@link PartitionMemory#restores}. */
  boolean restores(
      TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Supplier<String> id) {
    PartitionMemory memory = partitions.get(partition);
    return memory != null && memory.restores(record, id);
  }

  /** {@link PartitionMemory#repeats}. */
  boolean repeats(
      TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Supplier<String> id) {
    PartitionMemory memory = partitions.get(partition);
    return memory != null && memory.repeats(record, id);
  }

  /** {@link PartitionMemory#add}. */
  void add(TopicPartition partition, ConsumerRecord<byte[], byte[]> record, String id) {
    PartitionMemory memory = partitions.get(partition);
    if (memory != null) {
      memory.add(record, id);
    }
  }

  /** Counts what was found since the last time, now that it is certain. */
  void committed() {
    partitions.values().forEach(memory -> memory.count(metrics));
  }

  void forget(Collection<TopicPartition> revoked) {
    partitions.keySet().removeAll(revoked);
    marked.keySet().removeAll(revoked);
  }
}
