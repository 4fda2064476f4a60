package io.promptferry.batcher.submit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** A log that may be read again and again, which Kafka's own mock forgets once it is read. */
final class PromptLog extends MockConsumer<byte[], byte[]> {

  private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> log = new HashMap<>();
  private final Map<TopicPartition, Long> starts = new HashMap<>();

  PromptLog() {
    super("none");
  }

  void append(ConsumerRecord<byte[], byte[]> record) {
    var partition = new TopicPartition(record.topic(), record.partition());
    log.computeIfAbsent(partition, p -> new ArrayList<>()).add(record);
    starts.putIfAbsent(partition, record.offset());
    updateBeginningOffsets(Map.of(partition, record.offset()));
  }

  void clear() {
    log.clear();
    starts.clear();
  }

  /** Removes what lies before the offset, as retention does. */
  void expireBefore(TopicPartition partition, long offset) {
    log.getOrDefault(partition, List.of()).removeIf(record -> record.offset() < offset);
    starts.put(partition, offset);
    updateBeginningOffsets(Map.of(partition, offset));
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    var found = new HashMap<TopicPartition, List<ConsumerRecord<byte[], byte[]>>>();
    for (TopicPartition partition : assignment()) {
      long position = position(partition);
      if (position < starts.getOrDefault(partition, 0L)) {
        throw new OffsetOutOfRangeException(Map.of(partition, position));
      }
      List<ConsumerRecord<byte[], byte[]>> records =
          log.getOrDefault(partition, List.of()).stream()
              .filter(record -> record.offset() >= position)
              .toList();
      if (!records.isEmpty()) {
        found.put(partition, records);
        seek(partition, records.get(records.size() - 1).offset() + 1);
      }
    }
    return new ConsumerRecords<>(found, Map.of());
  }
}
