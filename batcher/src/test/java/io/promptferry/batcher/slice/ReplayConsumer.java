package io.promptferry.batcher.slice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** A consumer in memory, without a reset policy, that reads again what it is moved back to. */
final class ReplayConsumer extends MockConsumer<byte[], byte[]> {

  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
  int timesAsked;

  ReplayConsumer() {
    super("none");
  }

  @Override
  public synchronized void addRecord(ConsumerRecord<byte[], byte[]> record) {
    log.add(record);
    if (assignment().contains(partition(record))) {
      super.addRecord(record);
    }
  }

  @Override
  public synchronized void seek(TopicPartition partition, long offset) {
    super.seek(partition, offset);
    log.stream()
        .filter(record -> partition(record).equals(partition) && record.offset() >= offset)
        .forEach(super::addRecord);
  }

  @Override
  public void seek(
      TopicPartition partition, org.apache.kafka.clients.consumer.OffsetAndMetadata position) {
    seek(partition, position.offset());
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> times) {
    timesAsked++;
    var answer = new HashMap<TopicPartition, OffsetAndTimestamp>();
    times.forEach(
        (partition, time) ->
            log.stream()
                .filter(record -> partition(record).equals(partition))
                .filter(record -> record.timestamp() >= time)
                .findFirst()
                .ifPresent(
                    record ->
                        answer.put(
                            partition,
                            new OffsetAndTimestamp(record.offset(), record.timestamp()))));
    return answer;
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
