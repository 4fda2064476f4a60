package io.promptferry.batcher.slice;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds prompts that their sender has sent again, by their ids. What it knows needs no store: when
 * a partition is taken up, the records of the window before the first one are read again.
 */
final class RepeatFilter {

  private record Known(SeenIds ids, long resume) {}

  private final Consumer<byte[], byte[]> consumer;
  private final SliceBounds bounds;
  private final SliceMetrics metrics;
  private final Map<TopicPartition, Known> partitions = new HashMap<>();

  RepeatFilter(Consumer<byte[], byte[]> consumer, SliceBounds bounds, SliceMetrics metrics) {
    this.consumer = consumer;
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
    partitions.put(partition, new Known(ids, record.offset()));
    long since = Math.max(0, record.timestamp() - bounds.repeatWindow().toMillis());
    OffsetAndTimestamp start = consumer.offsetsForTimes(Map.of(partition, since)).get(partition);
    if (start == null || start.offset() >= record.offset()) {
      return false;
    }
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
