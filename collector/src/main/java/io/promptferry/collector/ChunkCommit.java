package io.promptferry.collector;

import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.kafka.AssignedPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes a chunk with its receipt in one transaction. It commits the offset of the job state as
 * long as the batch is not settled, so that whoever comes next goes on with it, and the offset
 * behind it with the last chunk.
 *
 * @param offset of the record of the batch's job state
 * @param receipts learns of each receipt that is written
 */
record ChunkCommit(
    AssignedPartition<JobState> partition,
    Producer<byte[], byte[]> producer,
    long offset,
    String topic,
    Serializer<Receipt> serializer,
    Receipts receipts)
    implements Collection.ChunkWriter {

  @Override
  public void write(List<ProducerRecord<byte[], byte[]>> responses, Receipt receipt) {
    // Learnt before the transaction begins: one over a thousand new topics would outlast its
    // time-out.
    responses.stream().map(ProducerRecord::topic).distinct().forEach(producer::partitionsFor);
    var records = new ArrayList<>(responses);
    records.add(
        new ProducerRecord<>(
            topic,
            receipt.getBatchId().getBytes(StandardCharsets.UTF_8),
            serializer.serialize(topic, receipt)));
    partition.transact(producer, receipt.getSettled() ? offset + 1 : offset, records);
    receipts.add(receipt);
  }
}
