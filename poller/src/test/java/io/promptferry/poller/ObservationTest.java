package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.RemoteError;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservationTest {

  private static final Instant NOW = T0.plusSeconds(600);
  private static final Job JOB = submitted("b1");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUEUED",
        "PENDING",
        "RUNNING",
        "CANCELLING",
        "PAUSED",
        "UPDATING",
        "UNSPECIFIED",
        "MELTING",
        "SUCCEEDED_SOMEHOW",
        "succeeded",
        ""
      })
  void aStateThatIsNotKnownToBeFinalIsNotTerminal(String state) {
    JobState seen = Observation.of(JOB, remote("b1", state), NOW);

    assertThat(seen.getState()).isEqualTo(state);
    assertThat(seen.getTerminal()).isFalse();
    assertThat(seen.getSubmission()).isNull();
    assertThat(seen.getEndedAt()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FAILED", "CANCELLED", "EXPIRED"})
  void aFailedEndIsTerminalWithoutResults(String state) {
    JobState seen = Observation.of(JOB, remote("b1", state), NOW);

    assertThat(seen.getState()).isEqualTo(state);
    assertThat(seen.getTerminal()).isTrue();
    assertThat(seen.getSubmission()).isEqualTo(JOB);
    assertThat(seen.getResultFile()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUCCEEDED", "PARTIALLY_SUCCEEDED"})
  void successIsTerminalOnceTheResultFileIsNamed(String state) {
    JobState before = Observation.of(JOB, remote("b1", state), NOW);
    JobState after =
        Observation.of(JOB, remote("b1", state, "files/out", null, null, T0.plusSeconds(5)), NOW);

    assertThat(before.getTerminal()).isFalse();
    assertThat(before.getSubmission()).isNull();
    assertThat(after.getTerminal()).isTrue();
    assertThat(after.getSubmission()).isEqualTo(JOB);
    assertThat(after.getResultFile()).isEqualTo("files/out");
    assertThat(Observation.changed(before, after)).isTrue();
  }

  @Test
  void aCancelledJobMayHaveResults() {
    JobState seen =
        Observation.of(JOB, remote("b1", "CANCELLED", "files/out", null, null, null), NOW);

    assertThat(seen.getTerminal()).isTrue();
    assertThat(seen.getResultFile()).isEqualTo("files/out");
  }

  @Test
  void carriesNamesStatsErrorAndTimes() {
    JobState seen =
        Observation.of(
            JOB,
            remote(
                "b1",
                "FAILED",
                null,
                new Stats(10, 6, 3, 1),
                new RemoteError(13, "internal"),
                T0.plusSeconds(7)),
            NOW);

    assertThat(seen.getBatchId()).isEqualTo("b1");
    assertThat(seen.getJob()).isEqualTo("batches/b1");
    assertThat(seen.getStats()).isEqualTo(new JobStats(10L, 6L, 3L, 1L));
    assertThat(seen.getError()).isEqualTo(new JobError(13, "internal"));
    assertThat(seen.getObservedAt()).isEqualTo(NOW);
    assertThat(seen.getEndedAt()).isEqualTo(T0.plusSeconds(7));
    assertThat(seen.getEstimatedEnd()).isNull();
  }

  @Test
  void aJobThatEndedAtNoTimeEndedWhenItWasSeen() {
    assertThat(Observation.of(JOB, remote("b1", "EXPIRED"), NOW).getEndedAt()).isEqualTo(NOW);
  }

  @Test
  void theEstimateGoesOnAsItWentSoFar() {
    // 600 s for a quarter: 1,800 s for the rest.
    assertThat(estimate(new Stats(100, 20, 5, 75))).isEqualTo(NOW.plusSeconds(1800));
    assertThat(estimate(new Stats(100, 100, 0, 0))).isEqualTo(NOW);
  }

  @Test
  void thereIsNoEstimateWithoutProgressOrSense() {
    assertThat(estimate(null)).isNull();
    assertThat(estimate(new Stats(100, 0, 0, 100))).isNull();
    assertThat(estimate(new Stats(0, 3, 0, 0))).isNull();
  }

  @Test
  void theEstimateOfALargeOldJobDoesNotOverflow() {
    Instant later = T0.plus(Duration.ofDays(2));
    JobState seen =
        Observation.of(
            JOB, remote("b1", "RUNNING", null, new Stats(200_001, 1, 0, 0), null, null), later);

    assertThat(seen.getEstimatedEnd()).isEqualTo(later.plus(Duration.ofDays(400_000)));
  }

  @Test
  void aRefusedBatchEndedWhenItWasRefused() {
    Job refused = Samples.refused("b1", new JobError(400, "bad key"));

    JobState state = Observation.refused(refused, NOW);

    assertThat(state.getState()).isEqualTo("REFUSED");
    assertThat(state.getTerminal()).isTrue();
    assertThat(state.getJob()).isNull();
    assertThat(state.getError()).isEqualTo(new JobError(400, "bad key"));
    assertThat(state.getEndedAt()).isEqualTo(T0);
    assertThat(state.getObservedAt()).isEqualTo(NOW);
    assertThat(state.getSubmission()).isEqualTo(refused);
  }

  @Test
  void aJobGivenUpNamesItsLastStateAndTheKeyToRaise() {
    JobState state = Observation.givenUp(JOB, "PENDING", NOW);

    assertThat(state.getState()).isEqualTo("GIVEN_UP");
    assertThat(state.getTerminal()).isTrue();
    assertThat(state.getError().getMessage()).contains("PENDING", "poll.give.up.after.ms");
    assertThat(state.getEndedAt()).isEqualTo(NOW);
    assertThat(state.getSubmission()).isEqualTo(JOB);
  }

  @Test
  void onlyTheTimeOfLookingIsNoChange() {
    RemoteJob running = remote("b1", "RUNNING", null, new Stats(10, 1, 0, 9), null, null);
    JobState before = Observation.of(JOB, running, NOW);

    assertThat(Observation.changed(null, before)).isTrue();
    assertThat(Observation.changed(before, Observation.of(JOB, running, NOW.plusSeconds(9))))
        .isFalse();
  }

  @Test
  void stateAndStatsAreChanges() {
    JobState before =
        Observation.of(JOB, remote("b1", "RUNNING", null, new Stats(10, 1, 0, 9), null, null), NOW);
    JobState further =
        Observation.of(JOB, remote("b1", "RUNNING", null, new Stats(10, 2, 0, 8), null, null), NOW);
    JobState paused =
        Observation.of(JOB, remote("b1", "PAUSED", null, new Stats(10, 1, 0, 9), null, null), NOW);

    assertThat(Observation.changed(before, further)).isTrue();
    assertThat(Observation.changed(before, paused)).isTrue();
  }

  private static @Nullable Instant estimate(@Nullable Stats stats) {
    return Observation.of(JOB, remote("b1", "RUNNING", null, stats, null, null), NOW)
        .getEstimatedEnd();
  }
}
