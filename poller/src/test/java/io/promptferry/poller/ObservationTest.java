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
import java.time.Instant;
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
    JobState seen = seen(remote("b1", state), NOW);

    assertThat(seen.getState()).isEqualTo(state);
    assertThat(seen.getTerminal()).isFalse();
    assertThat(seen.getSubmission()).isNull();
    assertThat(seen.getEndedAt()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FAILED", "CANCELLED", "EXPIRED"})
  void aFailedEndIsTerminalWithoutResults(String state) {
    JobState seen = seen(remote("b1", state), NOW);

    assertThat(seen.getState()).isEqualTo(state);
    assertThat(seen.getTerminal()).isTrue();
    assertThat(seen.getSubmission()).isEqualTo(JOB);
    assertThat(seen.getResultFile()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUCCEEDED", "PARTIALLY_SUCCEEDED"})
  void successIsTerminalOnceTheResultFileIsNamed(String state) {
    JobState before = seen(remote("b1", state), NOW);
    JobState after = seen(remote("b1", state, "files/out", null, null, T0.plusSeconds(5)), NOW);

    assertThat(before.getTerminal()).isFalse();
    assertThat(before.getSubmission()).isNull();
    assertThat(after.getTerminal()).isTrue();
    assertThat(after.getSubmission()).isEqualTo(JOB);
    assertThat(after.getResultFile()).isEqualTo("files/out");
    assertThat(Observation.changed(before, after)).isTrue();
  }

  @Test
  void aCancelledJobMayHaveResults() {
    JobState seen = seen(remote("b1", "CANCELLED", "files/out", null, null, null), NOW);

    assertThat(seen.getTerminal()).isTrue();
    assertThat(seen.getResultFile()).isEqualTo("files/out");
  }

  @Test
  void carriesNamesStatsErrorAndTimes() {
    JobState seen =
        seen(
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
    assertThat(seen(remote("b1", "EXPIRED"), NOW).getEndedAt()).isEqualTo(NOW);
  }

  @Test
  void theForecastStandsUntilTheEnd() {
    var forecast = new Forecast(NOW.plusSeconds(1), NOW.plusSeconds(2));

    JobState running = Observation.of(JOB, remote("b1", "RUNNING"), forecast, NOW);
    JobState ended = Observation.of(JOB, remote("b1", "EXPIRED"), forecast, NOW);

    assertThat(running.getEstimatedEnd()).isEqualTo(NOW.plusSeconds(1));
    assertThat(running.getEstimatedLatest()).isEqualTo(NOW.plusSeconds(2));
    assertThat(ended.getEstimatedEnd()).isNull();
    assertThat(ended.getEstimatedLatest()).isNull();
  }

  @Test
  void anUnknownStateOfAnOperationThatIsDoneIsAnEnd() {
    var done =
        new RemoteJob(
            "batches/b1", "d/b1", "m", "THAWED", null, "files/out", null, null, T0, null, true);

    JobState seen = seen(done);

    assertThat(seen.getState()).isEqualTo("THAWED");
    assertThat(seen.getTerminal()).isTrue();
    assertThat(seen.getResultFile()).isEqualTo("files/out");
  }

  @Test
  void aJobThatIsLostSaysSinceWhenAndWhy() {
    JobState state = Observation.lost(JOB, Absence.first(T0), NOW);

    assertThat(state.getState()).isEqualTo("LOST");
    assertThat(state.getTerminal()).isTrue();
    assertThat(state.getError().getCode()).isEqualTo(404);
    assertThat(state.getError().getMessage()).contains(T0.toString());
    assertThat(state.getSubmission()).isEqualTo(JOB);
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
    JobState before = seen(running, NOW);

    assertThat(Observation.changed(null, before)).isTrue();
    assertThat(Observation.changed(before, seen(running, NOW.plusSeconds(9)))).isFalse();
  }

  @Test
  void stateAndStatsAreChanges() {
    JobState before = seen(remote("b1", "RUNNING", null, new Stats(10, 1, 0, 9), null, null), NOW);
    JobState further = seen(remote("b1", "RUNNING", null, new Stats(10, 2, 0, 8), null, null), NOW);
    JobState paused = seen(remote("b1", "PAUSED", null, new Stats(10, 1, 0, 9), null, null), NOW);

    assertThat(Observation.changed(before, further)).isTrue();
    assertThat(Observation.changed(before, paused)).isTrue();
  }

  private static JobState seen(RemoteJob remote) {
    return seen(remote, NOW);
  }

  private static JobState seen(RemoteJob remote, Instant now) {
    return Observation.of(JOB, remote, new Forecast(null, null), now);
  }
}
