package io.promptferry.local.jobs;

import io.promptferry.local.client.Setup;
import io.promptferry.local.client.TopicScan;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** The topics that tell of batches: batches, jobs, job-states and receipts. */
public final class JobTopics implements AutoCloseable {

  private final TopicScan scan;
  private final Topics topics;
  private final Deserializer<Batch> batch;
  private final Deserializer<Job> job;
  private final Deserializer<JobState> jobState;
  private final Deserializer<Receipt> receipt;

  private JobTopics(TopicScan scan, Topics topics, RecordSerdes serdes) {
    this.scan = scan;
    this.topics = topics;
    this.batch = serdes.deserializer(Batch.class);
    this.job = serdes.deserializer(Job.class);
    this.jobState = serdes.deserializer(JobState.class);
    this.receipt = serdes.deserializer(Receipt.class);
  }

  /**
   * Connects.
   *
   * @param progress told a line every few seconds of a reading that takes long
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer or a topic is
   *     missing; one line that says what to do
   */
  public static JobTopics open(ServiceConfig config, Clock clock, Consumer<String> progress) {
    Topics topics = Topics.from(config);
    return new JobTopics(
        TopicScan.open(config, names(topics), clock, progress), topics, Setup.serdes(config));
  }

  private static List<String> names(Topics topics) {
    return List.of(topics.batches(), topics.jobs(), topics.jobStates(), topics.receipts());
  }

  /**
   * Adds what is there now; called again, what has come since.
   *
   * @param since only what was written then or later
   */
  public void read(Optional<Instant> since, BatchFold fold) {
    scan.read(
        names(topics)::contains,
        since,
        record -> {
          add(record, fold);
          return false;
        });
  }

  private void add(ConsumerRecord<byte[], byte[]> record, BatchFold fold) {
    String topic = record.topic();
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    if (topic.equals(topics.batches())) {
      fold.add(batch.deserialize(topic, value));
    } else if (topic.equals(topics.jobs())) {
      fold.add(job.deserialize(topic, value));
    } else if (topic.equals(topics.jobStates())) {
      fold.add(jobState.deserialize(topic, value));
    } else {
      fold.add(receipt.deserialize(topic, value));
    }
  }

  @Override
  public void close() {
    scan.close();
  }
}
