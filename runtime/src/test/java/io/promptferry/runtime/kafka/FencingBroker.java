package io.promptferry.runtime.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What of Kafka decides who may write: generations of the group (KIP-447) and epochs of
 * transactional ids. Whoever is of the current generation may commit any partition, whether it owns
 * it or not.
 */
final class FencingBroker {

  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private final Map<TopicPartition, List<Long>> answers = new HashMap<>();
  private final Map<TopicPartition, Writer> writers = new HashMap<>();
  private int generation = 1;

  ConsumerGroupMetadata group() {
    return Generation.of(generation);
  }

  void nextGeneration() {
    generation++;
  }

  long committed(TopicPartition partition) {
    return committed.getOrDefault(partition, 0L);
  }

  /** What a read_committed reader sees: the offsets of the records that were answered. */
  List<Long> answers(TopicPartition partition) {
    return answers.computeIfAbsent(partition, p -> new ArrayList<>());
  }

  /** With the transactional id of this partition's worker. */
  Writer writer(TopicPartition partition) {
    return new Writer(partition);
  }

  static byte[] answer(long offset) {
    return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
  }

  final class Writer extends MockProducer<byte[], byte[]> {

    private final TopicPartition partition;
    private final Map<TopicPartition, OffsetAndMetadata> pending = new HashMap<>();
    private int visible;

    private Writer(TopicPartition partition) {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
      this.partition = partition;
    }

    @Override
    public void initTransactions() {
      super.initTransactions();
      Writer earlier = writers.put(partition, this);
      if (earlier != null) {
        earlier.fenceProducer();
      }
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(offsets, group);
      if (group.generationId() != generation) {
        throw new CommitFailedException("not of this generation");
      }
      pending.putAll(offsets);
    }

    @Override
    public void commitTransaction() {
      super.commitTransaction();
      pending.forEach((p, next) -> committed.put(p, next.offset()));
      pending.clear();
      history()
          .subList(visible, history().size())
          .forEach(answer -> answers(partition).add(ByteBuffer.wrap(answer.value()).getLong()));
      visible = history().size();
    }

    @Override
    public void abortTransaction() {
      super.abortTransaction();
      pending.clear();
    }
  }
}
