package io.promptferry.collector;

import io.promptferry.records.Slice;
import io.promptferry.schemas.Lanes;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Makes the record of a slice. */
record SliceRecords(String topic, Serializer<Slice> serializer) {

  ProducerRecord<byte[], byte[]> record(Slice slice) {
    return new ProducerRecord<>(
        topic, Lanes.key(slice.getLane()), serializer.serialize(topic, slice));
  }
}
