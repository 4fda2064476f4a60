package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Results that do not come, jobs that stand still, estimates, figures. */
class ConclusionsTest extends PollBench {

  @Test
  void resultsThatDoNotComeAreWaitedForAndThenForgone() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "SUCCEEDED", null, null, null, T0));
    loop.runOnce();
    clock.advance(RESULT_WAIT.minusMillis(1));
    loop.runOnce();
    assertThat(reported()).extracting(JobState::getTerminal).containsExactly(false);

    rounds(1);
    assertThat(states("b1")).containsExactly("SUCCEEDED", "SUCCEEDED");
    JobState last = reported().get(1);
    assertThat(last.getTerminal()).isTrue();
    assertThat(last.getResultFile()).isNull();
    assertThat(last.getError().getMessage()).contains("poll.result.wait.ms");
    assertThat(last.getEndedAt()).isEqualTo(T0);
    assertThat(last.getSubmission()).isEqualTo(submitted("b1"));
  }

  @Test
  void theWaitForResultsOutlivesARestart() throws Exception {
    Job job = submitted("b1");
    add(P0, 0, job);
    provider.show(remote("b1", "PARTIALLY_SUCCEEDED"));
    loop.runOnce();
    clock.advance(RESULT_WAIT);
    restart(P0, 0, job);
    loop.runOnce();

    assertThat(reported()).extracting(JobState::getTerminal).containsExactly(false, true);
  }

  @Test
  void whatWasReportedIsNotReportedAgainAfterARestart() throws Exception {
    Job one = submitted("b1");
    Job two = submitted("b2");
    Job refused = Samples.refused("b3", null);
    add(P0, 0, one);
    add(P0, 1, two);
    add(P0, 2, refused);
    provider.show(remote("b1", "RUNNING"));
    provider.show(remote("b2", "EXPIRED"));
    rounds(1);
    restart(P0, 0, one, two, refused);
    rounds(1);

    assertThat(states("b1")).containsExactly("RUNNING");
    assertThat(states("b2")).containsExactly("EXPIRED");
    assertThat(states("b3")).containsExactly("REFUSED");
    assertThat(committed(P0)).isEqualTo(0);
  }

  @Test
  void aJobThatStandsStillIsCountedAndLeftAlone() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    clock.advance(STUCK_AFTER);
    loop.runOnce();
    assertThat(gauge("jobs.stuck")).isZero();
    rounds(2);
    assertThat(gauge("jobs.stuck")).isEqualTo(1);
    assertThat(provider.cancelled()).isEmpty();

    provider.show(remote("b1", "RUNNING", null, new Stats(10, 1, 0, 9), null, null));
    rounds(1);
    assertThat(gauge("jobs.stuck")).isZero();
  }

  @Test
  void standingStillIsCountedAcrossRestarts() throws Exception {
    Job job = submitted("b1");
    add(P0, 0, job);
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    clock.advance(STUCK_AFTER.plusMillis(1));
    restart(P0, 0, job);
    loop.runOnce();

    assertThat(gauge("jobs.stuck")).isEqualTo(1);
  }

  @Test
  void aStuckJobIsCancelledOnceWhereThatIsConfigured() throws Exception {
    loop = loop(true);
    assign(P0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    clock.advance(STUCK_AFTER);
    provider.failCancels(Kind.UNKNOWN);
    rounds(1);
    assertThat(provider.cancelled()).isEmpty();
    provider.failCancels(null);
    rounds(3);
    assertThat(provider.cancelled()).containsExactly(jobName("b1"));

    provider.show(remote("b1", "CANCELLED"));
    rounds(1);
    assertThat(states("b1")).containsExactly("RUNNING", "CANCELLED");
  }

  @Test
  void estimatesComeFromJobsThatEndedBeforeTheRestart() throws Exception {
    for (int i = 0; i < 10; i++) {
      add(P0, i, submitted("b" + i));
      provider.show(
          remote("b" + i, "SUCCEEDED", "files/out", null, null, T0.plusSeconds(60L * (i + 1))));
    }
    rounds(11);
    assertThat(committed(P0)).isEqualTo(10);
    Job young = submitted("young");
    Instant made = clock.instant();
    young.setAt(made);
    provider.show(remote("young", "PENDING"));
    restart(P0, 10, young);
    loop.runOnce();

    JobState pending = reported().get(10);
    assertThat(pending.getEstimatedEnd()).isEqualTo(made.plusSeconds(5 * 60));
    assertThat(pending.getEstimatedLatest()).isEqualTo(made.plusSeconds(9 * 60));

    int asked = provider.asked().size();
    clock.advance(Duration.ofSeconds(59));
    loop.runOnce();
    assertThat(provider.asked()).as("its end is far").hasSize(asked);
    clock.advance(Duration.ofSeconds(1));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(asked + 1);
    clock.advance(Duration.ofMinutes(4));
    loop.runOnce();
    clock.advance(FIRST);
    loop.runOnce();
    assertThat(provider.asked()).as("its end is near").hasSize(asked + 3);
  }

  @Test
  void thePastIsReadFromTheOldestUnfinishedJobOn() throws Exception {
    add(P0, 0, submitted("b1"));
    loop.runOnce();
    assertThat(pastSince)
        .as("records of this bench have no time of their own")
        .isBefore(Instant.EPOCH);
  }

  @Test
  void tellsTheOpenJobsInFigures() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P0, 1, submitted("b2"));
    add(P0, 2, submitted("b3"));
    provider.show(remote("b1", "RUNNING", null, new Stats(10, 5, 0, 5), null, null));
    provider.show(remote("b2", "PAUSED"));
    clock.advance(Duration.ofSeconds(100));
    loop.runOnce();
    assertThat(gauge("jobs.open")).isEqualTo(3);
    assertThat(gauge("jobs.watched", "state", "RUNNING")).isEqualTo(1);
    assertThat(gauge("jobs.watched", "state", "PAUSED")).isEqualTo(1);
    assertThat(gauge("jobs.watched", "state", "UNSEEN")).isEqualTo(1);
    assertThat(gauge("jobs.oldest.age")).isEqualTo(100);
    assertThat(gauge("prompts.waiting", "stage", "running")).isEqualTo(6);
    assertThat(gauge("prompts.oldest.age", "stage", "running")).isEqualTo(100);
    assertThat(gauge("jobs.past.estimate")).isZero();

    provider.fail(jobName("b1"), Kind.UNKNOWN);
    provider.show(remote("b2", "CANCELLED", null, null, null, T0.plusSeconds(190)));
    clock.advance(Duration.ofSeconds(130));
    loop.runOnce();
    assertThat(gauge("jobs.past.estimate")).as("it should have ended after 200 s").isEqualTo(30);
    assertThat(meters.find("promptferry.jobs.watched").tag("state", "PAUSED").gauge()).isNull();
    assertThat(meters.get("promptferry.jobs.detection").timer().totalTime(SECONDS)).isEqualTo(40);
  }

  @Test
  void everyMeterSaysWhatItMeans() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(meters.getMeters())
        .isNotEmpty()
        .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
  }
}
