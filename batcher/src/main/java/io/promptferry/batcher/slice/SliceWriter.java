package io.promptferry.batcher.slice;

import io.promptferry.records.Slice;
import io.promptferry.runtime.kafka.Sends;
import io.promptferry.schemas.Lanes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;

/** Writes what came of some prompts, and that they were read, in one transaction. */
final class SliceWriter {

  private final Producer<byte[], byte[]> producer;
  private final Serializer<Slice> serializer;
  private final String topic;
  private final SliceMetrics metrics;

  /** Borrows the producer, whose transactions are ready. */
  SliceWriter(
      Producer<byte[], byte[]> producer,
      Serializer<Slice> serializer,
      String topic,
      SliceMetrics metrics) {
    this.producer = producer;
    this.serializer = serializer;
    this.topic = topic;
    this.metrics = metrics;
  }

  /**
   * Writes all or nothing.
   *
   * @throws KafkaException when it could not be committed; the producer must be closed
   */
  void write(
      List<DeadLetter> letters,
      List<Slice> slices,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    letters.forEach(letter -> records.add(letter.record()));
    slices.forEach(slice -> records.add(record(slice)));
    producer.beginTransaction();
    try {
      Sends.all(producer, records);
      producer.sendOffsetsToTransaction(offsets, group);
      producer.commitTransaction();
    } catch (KafkaException e) {
      abort(e);
      throw e;
    }
    // Not when they were read: what is rolled back is read again.
    slices.forEach(slice -> metrics.slice(slice.getSpan()));
    letters.forEach(letter -> metrics.rejected(letter.reason()));
    metrics.committed();
  }

  private void abort(KafkaException cause) {
    try {
      producer.abortTransaction();
    } catch (RuntimeException e) {
      // Fenced, out of reach, or (an IllegalStateException) a commit that timed out: the broker
      // ends what is left open.
      cause.addSuppressed(e);
    }
  }

  private ProducerRecord<byte[], byte[]> record(Slice slice) {
    byte[] value = serializer.serialize(topic, slice);
    return new ProducerRecord<>(topic, Lanes.key(slice.getLane()), value);
  }
}
