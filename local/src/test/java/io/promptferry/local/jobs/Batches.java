package io.promptferry.local.jobs;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import io.promptferry.records.Skipped;
import io.promptferry.records.Span;
import io.promptferry.records.Totals;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the records of batches for tests; times are in seconds after the start. */
public final class Batches {

  public static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

  private Batches() {}

  public static Instant at(int seconds) {
    return START.plusSeconds(seconds);
  }

  public static Lane lane() {
    return new Lane("gemini-2.5-flash", "default", LaneKind.NORMAL, Map.of());
  }

  /** Of prompts-1. */
  public static Span span(int attempt, Run... runs) {
    return Span.newBuilder()
        .setTopic("prompts")
        .setPartition(1)
        .setRuns(Runs.encode(List.of(runs)))
        .setCount((int) List.of(runs).stream().mapToLong(r -> r.last() - r.first() + 1).sum())
        .setAttempt(attempt)
        .build();
  }

  /** Of ten prompts, prompts-1-10 to -19. */
  public static Batch batch(String id, int sealed) {
    return batch(id, sealed, span(1, new Run(10, 19)));
  }

  public static Batch batch(String id, int sealed, Span... spans) {
    return Batch.newBuilder()
        .setBatchId(id)
        .setLane(lane())
        .setSpans(List.of(spans))
        .setCount(List.of(spans).stream().mapToInt(Span::getCount).sum())
        .setBytes(1000)
        .setTokens(100)
        .setOpenedAt(at(sealed - 1))
        .setSealedAt(at(sealed))
        .setSealReason(SealReason.LINGER)
        .build();
  }

  public static Job intent(Batch batch, int at) {
    return job(JobPhase.INTENT, batch, null, at, List.of());
  }

  public static Job submitted(Batch batch, String name, int at, Skipped... skipped) {
    return job(JobPhase.SUBMITTED, batch, name, at, List.of(skipped));
  }

  private static Job job(
      JobPhase phase, Batch batch, @Nullable String name, int at, List<Skipped> skipped) {
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(batch)
        .setFile("files/in")
        .setJob(name)
        .setSkipped(skipped)
        .setAt(at(at))
        .build();
  }

  public static JobState state(String batchId, String state, boolean terminal, int at) {
    return JobState.newBuilder()
        .setBatchId(batchId)
        .setJob("batches/" + batchId)
        .setState(state)
        .setTerminal(terminal)
        .setObservedAt(at(at))
        .setEndedAt(terminal ? at(at) : null)
        .build();
  }

  public static JobState running(String batchId, int done, int at, int estimatedEnd) {
    JobState state = state(batchId, "RUNNING", false, at);
    state.setStats(new JobStats(10L, (long) done, 0L, 10L - done));
    state.setEstimatedEnd(at(estimatedEnd));
    return state;
  }

  public static Receipt receipt(
      String batchId, boolean settled, int succeeded, int failed, int at) {
    return Receipt.newBuilder()
        .setBatchId(batchId)
        .setJob("batches/" + batchId)
        .setModel("gemini-2.5-flash")
        .setSettled(settled)
        .setSpan(0)
        .setNextOffset(0)
        .setTotals(Totals.newBuilder().setSucceeded(succeeded).setFailed(failed).build())
        .setSealReason(SealReason.LINGER)
        .setSealedAt(at(0))
        .setUpdatedAt(at(at))
        .build();
  }
}
