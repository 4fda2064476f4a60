package io.promptferry.batcher.submit;

import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Skipped;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.schemas.BatchKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what was done with a batch, each time in a transaction that only the partition's owner can
 * finish. Each commits the lowest unfinished batch of the partition, whichever batch it is about.
 */
final class JobLog {

  private final AssignedPartition<Batch> partition;
  private final Producer<byte[], byte[]> producer;
  private final Serializer<Job> serializer;
  private final String topic;
  private final Progress progress;
  private final Clock clock;

  JobLog(
      AssignedPartition<Batch> partition,
      Producer<byte[], byte[]> producer,
      Serializer<Job> serializer,
      String topic,
      Progress progress,
      Clock clock) {
    this.partition = partition;
    this.producer = producer;
    this.serializer = serializer;
    this.topic = topic;
    this.progress = progress;
    this.clock = clock;
  }

  /** Records that a job of this file is about to be created; the batch stays unfinished. */
  Job intent(Batch batch, String file, List<Skipped> skipped) {
    Job job = job(JobPhase.INTENT, batch, file, skipped, clock.instant()).build();
    partition.transact(producer, progress.committable(), List.of(line(job)));
    return job;
  }

  /**
   * Records the job and finishes the batch.
   *
   * @param keyId of the key that made or found it
   */
  Job submitted(Job intent, long offset, RemoteJob remote, String keyId) {
    Instant at = remote.created() == null ? clock.instant() : remote.created();
    Job job =
        job(JobPhase.SUBMITTED, intent.getBatch(), intent.getFile(), intent.getSkipped(), at)
            .setJob(remote.name())
            .setKey(keyId)
            .build();
    finish(job, offset);
    return job;
  }

  /** Records that there will be no job and finishes the batch. */
  void refused(Batch batch, long offset, List<Skipped> skipped, @Nullable JobError refusal) {
    Job job =
        job(JobPhase.REFUSED, batch, null, skipped, clock.instant()).setRefusal(refusal).build();
    finish(job, offset);
  }

  /** Finishes a batch that was dealt with before. */
  void finish(long offset) {
    // A commit that moves nothing would cost a transaction for each such batch after a restart.
    if (progress.committable() == offset) {
      partition.transact(producer, progress.committableWithout(offset), List.of());
    }
    progress.finish(offset);
  }

  private static Job.Builder job(
      JobPhase phase, Batch batch, @Nullable String file, List<Skipped> skipped, Instant at) {
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(batch)
        .setFile(file)
        .setSkipped(skipped)
        .setAt(at);
  }

  private void finish(Job job, long offset) {
    partition.transact(producer, progress.committableWithout(offset), List.of(line(job)));
    progress.finish(offset);
  }

  private ProducerRecord<byte[], byte[]> line(Job job) {
    return new ProducerRecord<>(
        topic, BatchKey.of(job.getBatch()), serializer.serialize(topic, job));
  }
}
