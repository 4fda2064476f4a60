package io.promptferry.poller;

import io.promptferry.gemini.RemoteError;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.Stats;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Lane;
import io.promptferry.records.SealReason;
import io.promptferry.records.Span;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Submissions and what the provider shows of them. */
final class Samples {

  /** The key of {@link WatchedProvider}. */
  static final String KEY = InMemoryProvider.KEY_ID;

  static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

  private Samples() {}

  /** The submission of a batch; its job is {@code batches/<batch id>}. */
  static Job submitted(String batchId) {
    return job(batchId, JobPhase.SUBMITTED).setJob(jobName(batchId)).build();
  }

  /** As above, of so many prompts for a model. */
  static Job sized(String batchId, String model, int count) {
    Job job = submitted(batchId);
    job.getBatch().setLane(Lane.newBuilder().setModel(model).build());
    job.getBatch().setCount(count);
    return job;
  }

  static Job intent(String batchId) {
    return job(batchId, JobPhase.INTENT).build();
  }

  static Job refused(String batchId, @Nullable JobError refusal) {
    return job(batchId, JobPhase.REFUSED).setRefusal(refusal).build();
  }

  static String jobName(String batchId) {
    return "batches/" + batchId;
  }

  static RemoteJob remote(String batchId, String state) {
    return remote(batchId, state, null, null, null, null);
  }

  static RemoteJob remote(
      String batchId,
      String state,
      @Nullable String resultFile,
      @Nullable Stats stats,
      @Nullable RemoteError error,
      @Nullable Instant ended) {
    return new RemoteJob(
        jobName(batchId),
        "d/" + batchId,
        "m",
        state,
        "files/in",
        resultFile,
        stats,
        error,
        T0,
        ended);
  }

  private static Job.Builder job(String batchId, JobPhase phase) {
    var span =
        Span.newBuilder()
            .setTopic("prompts")
            .setPartition(0)
            .setRuns(ByteBuffer.wrap(new byte[] {0, 1}))
            .setCount(2)
            .build();
    var batch =
        Batch.newBuilder()
            .setBatchId(batchId)
            .setLane(Lane.newBuilder().setModel("m").build())
            .setSpans(List.of(span))
            .setCount(2)
            .setBytes(10)
            .setTokens(10)
            .setOpenedAt(T0)
            .setSealedAt(T0)
            .setSealReason(SealReason.LINGER)
            .build();
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(batch)
        .setFile("files/in")
        .setKey(KEY)
        .setAt(T0);
  }
}
