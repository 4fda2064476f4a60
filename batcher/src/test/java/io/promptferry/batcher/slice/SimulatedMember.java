package io.promptferry.batcher.slice;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An instance of the slicer on {@link SimulatedKafka}; it can die at each step of a commit. */
final class SimulatedMember {

  /** The order in which a commit takes effect; only the first is right. */
  enum CommitOrder {
    ALL_AT_ONCE,
    OFFSETS_FIRST,
    OFFSETS_LAST,
    UNFENCED
  }

  /** The process is gone. */
  @SuppressWarnings("serial")
  static final class Crash extends RuntimeException {}

  private static final int MOST_RECORDS_OF_A_POLL = 7;
  private static final int ONE_CRASH_IN = 40;

  private final SimulatedKafka kafka;
  private final CommitOrder order;
  private final Random random;
  private final SliceLoop loop;
  private final Log log = new Log();
  private int generation;
  private int metadataOf;

  SimulatedMember(
      SimulatedKafka kafka,
      CommitOrder order,
      Random random,
      BiFunction<Consumer<byte[], byte[]>, Producer<byte[], byte[]>, SliceLoop> loops) {
    this.kafka = kafka;
    this.order = order;
    this.random = random;
    this.loop = loops.apply(log, new Transactions());
  }

  /** Takes part in a rebalance. */
  void assign(Collection<TopicPartition> partitions) {
    generation = kafka.generation();
    log.join(partitions);
  }

  void runOnce() {
    loop.runOnce();
  }

  private void mayCrash() {
    if (random.nextInt(ONE_CRASH_IN) == 0) {
      throw new Crash();
    }
  }

  /** Reads the simulated log from wherever the position is. */
  private final class Log extends MockConsumer<byte[], byte[]> {
    Log() {
      super("none");
    }

    void join(Collection<TopicPartition> partitions) {
      // Eagerly: all is revoked, then all that is ours is assigned.
      rebalance(List.of());
      Map<TopicPartition, Long> beginnings = new HashMap<>();
      partitions.forEach(partition -> beginnings.put(partition, 0L));
      updateBeginningOffsets(beginnings);
      rebalance(partitions);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions) {
      var known = new HashMap<TopicPartition, OffsetAndMetadata>();
      partitions.forEach(partition -> known.put(partition, kafka.offsets().get(partition)));
      return known;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      for (TopicPartition partition : assignment()) {
        if (position(partition) > kafka.end(partition.partition())) {
          throw new OffsetOutOfRangeException(Map.of(partition, position(partition)));
        }
        kafka.prompts(partition.partition()).tailMap(position(partition)).values().stream()
            .limit(random.nextInt(MOST_RECORDS_OF_A_POLL))
            .forEach(prompt -> addRecord(prompt.record()));
      }
      return super.poll(timeout);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      var found = new HashMap<TopicPartition, OffsetAndTimestamp>();
      times.forEach(
          (partition, time) ->
              kafka.prompts(partition.partition()).values().stream()
                  .map(SimulatedKafka.Prompt::record)
                  .filter(record -> record.timestamp() >= time)
                  .findFirst()
                  .map(record -> new OffsetAndTimestamp(record.offset(), record.timestamp()))
                  .ifPresent(offset -> found.put(partition, offset)));
      return found;
    }

    @Override
    public ConsumerGroupMetadata groupMetadata() {
      // The mock's own tells no generation, and what does is deprecated without a successor.
      metadataOf = generation;
      return super.groupMetadata();
    }
  }

  /** Commits to the simulated log, in one step unless it is told to do it wrongly. */
  private final class Transactions extends MockProducer<byte[], byte[]> {
    Transactions() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized java.util.concurrent.Future<
            org.apache.kafka.clients.producer.RecordMetadata>
        send(ProducerRecord<byte[], byte[]> record) {
      mayCrash();
      return super.send(record);
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(offsets, group);
      if (order == CommitOrder.OFFSETS_FIRST) {
        kafka.commitOffsets(offsets, metadataOf);
      }
      mayCrash();
    }

    @Override
    public void commitTransaction() {
      mayCrash();
      var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
      uncommittedOffsets().values().forEach(offsets::putAll);
      switch (order) {
        case ALL_AT_ONCE -> {
          kafka.commitOffsets(offsets, metadataOf);
          kafka.write(uncommittedRecords());
        }
        case UNFENCED -> {
          kafka.commitOffsets(offsets, kafka.generation());
          kafka.write(uncommittedRecords());
        }
        case OFFSETS_FIRST -> kafka.write(uncommittedRecords());
        case OFFSETS_LAST -> {
          kafka.write(uncommittedRecords());
          mayCrash();
          kafka.commitOffsets(offsets, metadataOf);
        }
      }
      super.commitTransaction();
      mayCrash();
    }
  }
}
