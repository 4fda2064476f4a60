package io.promptferry.poller;

import io.promptferry.records.Batch;
import io.promptferry.records.JobState;
import io.promptferry.schemas.BatchKey;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes states, one at a time. */
final class Reports {

  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private final Producer<byte[], byte[]> producer;
  private final Serializer<JobState> states;
  private final String topic;
  private final PollMetrics metrics;

  Reports(
      Producer<byte[], byte[]> producer,
      Serializer<JobState> states,
      String topic,
      PollMetrics metrics) {
    this.producer = producer;
    this.states = states;
    this.topic = topic;
    this.metrics = metrics;
  }

  /** Writes a state and waits until it is safe, since the offset moves on its account. */
  void write(Batch batch, JobState state) throws InterruptedException {
    byte[] key = BatchKey.of(batch);
    byte[] value = states.serialize(topic, state);
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot write to " + topic, e.getCause());
    }
    if (state.getTerminal()) {
      metrics.ended(state);
      LOG.info("batch {} ({}) ended {}", state.getBatchId(), state.getJob(), state.getState());
    }
  }
}
