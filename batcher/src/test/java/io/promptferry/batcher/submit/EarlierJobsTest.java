package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EarlierJobsTest {

  private final EarlierJobs earlier = new EarlierJobs();

  private static Job job(JobPhase phase, String file) {
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(Bench.batch())
        .setFile(file)
        .setAt(ManualClock.START)
        .build();
  }

  @Test
  void aBatchWithoutARecordWasNeverTried() {
    earlier.add(job(JobPhase.INTENT, "files/a"));
    assertThat(earlier.isFinished("another")).isFalse();
    assertThat(earlier.intent("another")).isEmpty();
  }

  @Test
  void theLastIntentCounts() {
    earlier.add(job(JobPhase.INTENT, "files/a"));
    earlier.add(job(JobPhase.INTENT, "files/b"));
    assertThat(earlier.isFinished(Bench.BATCH_ID)).isFalse();
    assertThat(earlier.intent(Bench.BATCH_ID))
        .hasValueSatisfying(job -> assertThat(job.getFile()).isEqualTo("files/b"));
  }

  @ParameterizedTest
  @EnumSource(
      value = JobPhase.class,
      names = {"SUBMITTED", "REFUSED"})
  void aFinishedBatchHasNoIntentAnyMore(JobPhase phase) {
    earlier.add(job(JobPhase.INTENT, "files/a"));
    earlier.add(job(phase, "files/a"));
    assertThat(earlier.isFinished(Bench.BATCH_ID)).isTrue();
    assertThat(earlier.intent(Bench.BATCH_ID)).isEmpty();
  }

  @Test
  void aLateIntentDoesNotReviveAFinishedBatch() {
    earlier.add(job(JobPhase.SUBMITTED, "files/a"));
    earlier.add(job(JobPhase.INTENT, "files/b"));
    assertThat(earlier.isFinished(Bench.BATCH_ID)).isTrue();
    assertThat(earlier.intent(Bench.BATCH_ID)).isEmpty();
  }
}
