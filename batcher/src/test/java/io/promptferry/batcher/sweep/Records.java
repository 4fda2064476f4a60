package io.promptferry.batcher.sweep;

import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the topics tell of jobs. */
final class Records {

  private Records() {}

  static Job job(JobPhase phase, String batchId, @Nullable String file) {
    Batch batch =
        Batch.newBuilder()
            .setBatchId(batchId)
            .setLane(new Lane("m", "default", LaneKind.NORMAL, Map.of()))
            .setSpans(List.of())
            .setCount(0)
            .setBytes(0)
            .setTokens(0)
            .setOpenedAt(ManualClock.START)
            .setSealedAt(ManualClock.START)
            .setSealReason(SealReason.LINGER)
            .build();
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(batch)
        .setFile(file)
        .setAt(ManualClock.START)
        .build();
  }

  static JobState state(String batchId, String state, boolean terminal) {
    return JobState.newBuilder()
        .setBatchId(batchId)
        .setState(state)
        .setTerminal(terminal)
        .setObservedAt(ManualClock.START)
        .build();
  }
}
