package io.promptferry.runtime.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Reads a partition from its beginning to its end as it is now, to rebuild what a worker must know.
 */
public final class TopicTail {

  private static final Duration POLL = Duration.ofMillis(100);

  private TopicTail() {}

  /**
   * Hands every committed record to the consumer of records, oldest first.
   *
   * <p>The end is the high watermark, asked for by a reader that is read_uncommitted: a
   * read_committed one would be told the last stable offset, and stop short of what an open
   * transaction holds back. The caller has fenced the partition's writer, so that nothing stays
   * open.
   *
   * @param reader reads committed records; assigned and moved here
   * @throws IllegalStateException when the end is not reached in time
   */
  public static <V> void read(
      org.apache.kafka.clients.consumer.Consumer<byte[], V> reader,
      Admin admin,
      TopicPartition partition,
      Duration timeout,
      Clock clock,
      Consumer<ConsumerRecord<byte[], V>> records) {
    reader.assign(Set.of(partition));
    reader.seekToBeginning(Set.of(partition));
    readOn(reader, admin, partition, timeout, clock, records);
  }

  /**
   * As above, but only what was written at a time or later, by the records' own timestamps.
   *
   * @throws IllegalStateException when the end is not reached in time
   */
  public static <V> void readSince(
      Instant since,
      org.apache.kafka.clients.consumer.Consumer<byte[], V> reader,
      Admin admin,
      TopicPartition partition,
      Duration timeout,
      Clock clock,
      Consumer<ConsumerRecord<byte[], V>> records) {
    OffsetSpec start = OffsetSpec.forTimestamp(Math.max(0, since.toEpochMilli()));
    long offset = offset(admin, partition, start, timeout);
    if (offset >= 0) { // Else nothing is so young.
      reader.assign(Set.of(partition));
      reader.seek(partition, offset);
      readOn(reader, admin, partition, timeout, clock, records);
    }
  }

  private static <V> void readOn(
      org.apache.kafka.clients.consumer.Consumer<byte[], V> reader,
      Admin admin,
      TopicPartition partition,
      Duration timeout,
      Clock clock,
      Consumer<ConsumerRecord<byte[], V>> records) {
    long end = offset(admin, partition, OffsetSpec.latest(), timeout);
    Instant giveUp = clock.instant().plus(timeout);
    while (reader.position(partition) < end) {
      reader.poll(POLL).forEach(records);
      if (clock.instant().isAfter(giveUp)) {
        throw new IllegalStateException(
            "could not read %s to offset %d within %s; stopped at %d"
                .formatted(partition, end, timeout, reader.position(partition)));
      }
    }
  }

  /**
   * Where the partitions of these topics end now, what is not committed included.
   *
   * @throws KafkaException when the broker does not say in time
   */
  public static Map<TopicPartition, Long> highWatermarks(
      Admin admin, Collection<String> topics, Duration timeout) {
    var described = await(admin.describeTopics(topics).allTopicNames(), topics, timeout);
    var ends = new HashMap<TopicPartition, Long>();
    described.forEach(
        (topic, description) ->
            description
                .partitions()
                .forEach(each -> ends.put(new TopicPartition(topic, each.partition()), 0L)));
    ends.replaceAll((partition, end) -> offset(admin, partition, OffsetSpec.latest(), timeout));
    return ends;
  }

  private static long offset(
      Admin admin, TopicPartition partition, OffsetSpec wanted, Duration timeout) {
    var asked =
        admin.listOffsets(
            Map.of(partition, wanted),
            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)
                .timeoutMs((int) Math.min(Integer.MAX_VALUE, timeout.toMillis())));
    return await(asked.partitionResult(partition), partition, timeout).offset();
  }

  private static <T> T await(KafkaFuture<T> answer, Object what, Duration timeout) {
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("cannot learn the offsets of " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
