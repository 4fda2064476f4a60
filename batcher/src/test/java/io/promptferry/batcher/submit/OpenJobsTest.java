package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OpenJobsTest {

  private final OpenJobs open = new OpenJobs();

  static Job job(JobPhase phase, String id, Instant at) {
    return Job.newBuilder()
        .setPhase(phase)
        .setBatch(Bench.batch(id, Duration.ZERO))
        .setAt(at)
        .build();
  }

  static JobState state(String id, String state, boolean terminal) {
    return JobState.newBuilder()
        .setBatchId(id)
        .setState(state)
        .setTerminal(terminal)
        .setObservedAt(ManualClock.START)
        .build();
  }

  private void submitted(String id) {
    open.add(job(JobPhase.SUBMITTED, id, ManualClock.START));
  }

  @Test
  void aJobIsOpenFromItsSubmissionToItsEnd() {
    open.add(job(JobPhase.INTENT, "a", ManualClock.START));
    open.add(job(JobPhase.REFUSED, "b", ManualClock.START));
    assertThat(open.all()).isEmpty();
    submitted("a");
    open.add(state("a", "RUNNING", false));
    assertThat(open.all())
        .containsOnlyKeys("a")
        .containsValue(
            new OpenJobs.Load("default", "gemini-2.5-flash", 100, 300, ManualClock.START));
    open.add(state("a", "EXPIRED", true));
    assertThat(open.all()).isEmpty();
  }

  /** The topics are not read in step, and a job that we know already is read once more. */
  @Test
  void anEndThatIsReadBeforeItsBeginningEndsItAllTheSame() {
    open.add(state("a", "SUCCEEDED", true));
    submitted("a");
    assertThat(open.all()).isEmpty();
  }

  @Test
  void aJobWhoseEndIsNoLongerInTheLogIsNotCountedForEver() {
    open.add(job(JobPhase.SUBMITTED, "old", ManualClock.START));
    open.add(job(JobPhase.SUBMITTED, "new", ManualClock.START.plusSeconds(9)));
    open.expire(ManualClock.START.plus(OpenJobs.LONGEST).plusSeconds(5));
    assertThat(open.all()).containsOnlyKeys("new");
  }

  @Test
  void aReaderThatBeginsAnewKnowsNothing() {
    assertThat(open.known()).isFalse();
    submitted("a");
    open.caughtUp();
    assertThat(open.known()).isTrue();
    open.restart();
    assertThat(open.known()).isFalse();
    assertThat(open.all()).isEmpty();
  }
}
