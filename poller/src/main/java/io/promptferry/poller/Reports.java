package io.promptferry.poller;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.trace.BatchSpan;
import io.promptferry.schemas.BatchKey;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
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
      trace(batch, state);
    }
  }

  /** The run of the job, after its end: the poller may have begun to watch it at any time. */
  private static void trace(Batch batch, JobState state) {
    Job submission = state.getSubmission();
    if (submission == null || state.getJob() == null) {
      return;
    }
    Instant ended = Objects.requireNonNullElse(state.getEndedAt(), state.getObservedAt());
    BatchSpan span =
        BatchSpan.since(
            submission.getAt(),
            "run job",
            new BatchSpan.About(
                state.getBatchId(),
                batch.getLane().getAccount(),
                batch.getLane().getModel(),
                batch.getCount()));
    span.job(state.getJob());
    String outcome = state.getState().toLowerCase(Locale.ROOT);
    if (Observation.WITH_RESULTS.contains(state.getState())) {
      span.outcome(outcome);
    } else {
      span.failed(outcome);
    }
    span.end(ended);
  }
}
