package io.promptferry.collector;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.Shortening.Shortened;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.Progress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes a chunk with its receipt in one transaction, which commits the lowest offset that is not
 * settled: whoever comes next goes on from there, and knows by the receipts what is behind it.
 *
 * @param offset of the record of the batch's job state
 * @param receipts learns of each receipt that is written
 * @param recount of what is written in another way than it was to be
 * @param delivery finds another way for responses that their topics refuse
 */
record ChunkCommit(
    AssignedPartition<JobState> partition,
    Producer<byte[], byte[]> producer,
    Progress progress,
    long offset,
    String topic,
    Serializer<Receipt> serializer,
    Receipts receipts,
    Recount recount,
    Delivery delivery)
    implements Collection.ChunkWriter {

  @Override
  public Receipt write(
      List<ProducerRecord<byte[], byte[]>> responses,
      List<ProducerRecord<byte[], byte[]>> slices,
      Receipt receipt) {
    List<Shortened> shortened =
        delivery.write(
            producer,
            responses,
            (routed, shorter) -> transact(routed, slices, recount.of(receipt, shorter)));
    Receipt written = recount.of(receipt, shortened);
    receipts.add(written);
    return written;
  }

  private void transact(
      List<ProducerRecord<byte[], byte[]>> responses,
      List<ProducerRecord<byte[], byte[]>> slices,
      Receipt receipt) {
    var records = new ArrayList<>(responses);
    records.addAll(slices);
    records.add(
        // Compacted by the batch's own id; beside its state, which has the key of its root.
        new ProducerRecord<>(
            topic,
            partition.topicPartition().partition(),
            receipt.getBatchId().getBytes(StandardCharsets.UTF_8),
            serializer.serialize(topic, receipt)));
    long next = receipt.getSettled() ? progress.committableWithout(offset) : progress.committable();
    partition.transact(producer, next, records);
  }
}
