package io.promptferry.collector;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a log that is kept in memory, a few records at a time, from where it is sent; like a broker
 * it knows offsets without a record, refuses those before the log's start, and gives the same
 * record as often as it is asked for it.
 */
final class LogConsumer extends MockConsumer<byte[], byte[]> {

  private final Map<TopicPartition, TreeMap<Long, ConsumerRecord<byte[], byte[]>>> log =
      new HashMap<>();
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final int atOnce;

  LogConsumer(int atOnce) {
    super("none");
    this.atOnce = atOnce;
  }

  void put(ConsumerRecord<byte[], byte[]> record) {
    var partition = new TopicPartition(record.topic(), record.partition());
    log.computeIfAbsent(partition, p -> new TreeMap<>()).put(record.offset(), record);
    end(partition, record.offset() + 1);
  }

  /** The log reaches so far, with a record at its end or without. */
  void end(TopicPartition partition, long offset) {
    ends.merge(partition, offset, Math::max);
    updateBeginningOffsets(Map.of(partition, starts.getOrDefault(partition, 0L)));
  }

  /** Retention removes what is before. */
  void removeBefore(TopicPartition partition, long offset) {
    log.getOrDefault(partition, new TreeMap<>()).headMap(offset).clear();
    starts.put(partition, offset);
    end(partition, offset);
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    for (TopicPartition partition : assignment()) {
      long position = position(partition);
      long end = ends.getOrDefault(partition, 0L);
      if (position < starts.getOrDefault(partition, 0L) || position > end) {
        throw new OffsetOutOfRangeException(Map.of(partition, position));
      }
      var rest = log.getOrDefault(partition, new TreeMap<>()).tailMap(position);
      if (rest.isEmpty()) {
        seek(partition, end);
      }
      rest.values().stream().limit(atOnce).forEach(this::addRecord);
    }
    return super.poll(timeout);
  }
}
