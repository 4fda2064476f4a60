package io.promptferry.batcher.slice;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds prompts that their sender has sent again, by their ids. What it knows needs no store: when
 * a partition is taken up, the records of the window before the first one are read again.
 */
final class RepeatFilter {

  /**
   * What is known in a partition.
   *
   * @param resume the first record that is for more than to be known again
   * @param rejected offsets below it that went to the dead letters: what may be sent again
   */
  private record Known(SeenIds ids, long resume, Set<Long> rejected) {}

  private final Consumer<byte[], byte[]> consumer;
  private final RejectedPrompts rejected;
  private final SliceBounds bounds;
  private final SliceMetrics metrics;
  private final Map<TopicPartition, Known> partitions = new HashMap<>();

  RepeatFilter(
      Consumer<byte[], byte[]> consumer,
      RejectedPrompts rejected,
      SliceBounds bounds,
      SliceMetrics metrics) {
    this.consumer = consumer;
    this.rejected = rejected;
    this.bounds = bounds;
    this.metrics = metrics;
  }

  /**
   * Moves the consumer back by the window when this is the first record of a partition that was
   * taken up; true when it did, and this record and all behind it come again.
   */
  boolean rewinds(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
    if (bounds.repeatWindow().isZero() || partitions.containsKey(partition)) {
      return false;
    }
    var ids = new SeenIds(bounds.repeatWindow(), bounds.repeatIds(), metrics::forgotten);
    partitions.put(partition, new Known(ids, record.offset(), Set.of()));
    long since = Math.max(0, record.timestamp() - bounds.repeatWindow().toMillis());
    OffsetAndTimestamp start = consumer.offsetsForTimes(Map.of(partition, since)).get(partition);
    if (start == null || start.offset() >= record.offset()) {
      return false;
    }
    // Not by today's rules: a prompt that was rejected under others may be sent again.
    Set<Long> gone = rejected.of(partition, Instant.ofEpochMilli(since));
    partitions.put(partition, new Known(ids, record.offset(), gone));
    consumer.seek(partition, start.offset());
    return true;
  }

  /** The first record that is for more than to be known again; empty when all are. */
  OptionalLong resume(TopicPartition partition) {
    Known known = partitions.get(partition);
    return known == null ? OptionalLong.empty() : OptionalLong.of(known.resume());
  }

  /** Whether the record was dealt with before, and is read again only to be known. */
  boolean fills(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
    Known known = partitions.get(partition);
    return known != null && record.offset() < known.resume();
  }

  /** Takes note of an id of a record that was dealt with before. */
  void restore(TopicPartition partition, ConsumerRecord<byte[], byte[]> record, String id) {
    Known known = partitions.get(partition);
    if (known != null && !id.isEmpty() && !known.rejected().contains(record.offset())) {
      known.ids().repeats(id, record.timestamp());
    }
  }

  /** Takes note of the prompt; tells whether it repeats one of the window before it. */
  boolean repeats(
      TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Intake.Accepted prompt) {
    Known known = partitions.get(partition);
    return known != null
        && !prompt.id().isEmpty()
        && known.ids().repeats(prompt.id(), record.timestamp());
  }

  void forget(Collection<TopicPartition> revoked) {
    partitions.keySet().removeAll(revoked);
  }
}
