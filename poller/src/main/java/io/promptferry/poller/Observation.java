package io.promptferry.poller;

import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what was seen of a job into its state record; pure functions. */
final class Observation {

  static final String REFUSED = "REFUSED";
  static final String GIVEN_UP = "GIVEN_UP";

  static final String LOST = "LOST";

  /** Our own words, which no provider says. */
  static final Set<String> OURS = Set.of(REFUSED, GIVEN_UP, LOST);

  static final Set<String> WITH_RESULTS = Set.of("SUCCEEDED", "PARTIALLY_SUCCEEDED");

  private Observation() {}

  /** The state of a job that the provider shows. */
  static JobState of(Job submission, RemoteJob remote, Forecast forecast, Instant now) {
    return of(submission, remote, remote.terminal() && !lacksResults(remote), forecast, now)
        .build();
  }

  /**
   * Whether it succeeded and names no results. The service reports success shortly before the
   * results can be read: until it names the file, the job is not over.
   */
  static boolean lacksResults(RemoteJob remote) {
    return WITH_RESULTS.contains(remote.state()) && remote.resultFile() == null;
  }

  /** The last state of a job that succeeded and whose results did not come. */
  static JobState withoutResults(Job submission, RemoteJob remote, Instant now) {
    String message = "no result file was named within " + PollSettings.RESULT_WAIT;
    return of(submission, remote, true, new Forecast(null, null), now)
        .setError(new JobError(null, message))
        .build();
  }

  private static JobState.Builder of(
      Job submission, RemoteJob remote, boolean terminal, Forecast forecast, Instant now) {
    return base(submission, remote.state(), terminal, now)
        .setStats(stats(remote.stats()))
        .setResultFile(remote.resultFile())
        .setError(
            remote.error() == null
                ? null
                : new JobError(remote.error().code(), remote.error().message()))
        .setEndedAt(terminal ? Objects.requireNonNullElse(remote.ended(), now) : null)
        .setEstimatedEnd(terminal ? null : forecast.end())
        .setEstimatedLatest(terminal ? null : forecast.latest());
  }

  /** The last state of a batch that no job was made of. */
  static JobState refused(Job submission, Instant now) {
    return base(submission, REFUSED, true, now)
        .setError(submission.getRefusal())
        .setEndedAt(submission.getAt())
        .build();
  }

  /** The last state of a job that did not end in time. */
  static JobState givenUp(Job submission, String lastState, Instant now) {
    var error =
        new JobError(
            null, "the job was still " + lastState + " after " + PollSettings.GIVE_UP_AFTER);
    return base(submission, GIVEN_UP, true, now).setError(error).setEndedAt(now).build();
  }

  /** The last state of a job that the provider knows no more. */
  static JobState lost(Job submission, Absence absence, Instant now) {
    var error =
        new JobError(
            404,
            "the provider has known no such job since "
                + absence.since()
                + ", while other calls with the same key succeed");
    return base(submission, LOST, true, now).setError(error).setEndedAt(now).build();
  }

  /** Whether the two differ in more than the time of looking. */
  static boolean changed(@Nullable JobState before, JobState after) {
    return before == null
        || !before.getState().equals(after.getState())
        || before.getTerminal() != after.getTerminal()
        || !Objects.equals(before.getStats(), after.getStats());
  }

  private static JobState.Builder base(
      Job submission, String state, boolean terminal, Instant now) {
    return JobState.newBuilder()
        .setBatchId(submission.getBatch().getBatchId())
        .setJob(submission.getJob())
        .setState(state)
        .setTerminal(terminal)
        .setObservedAt(now)
        .setSubmission(terminal ? submission : null);
  }

  private static @Nullable JobStats stats(@Nullable Stats stats) {
    return stats == null
        ? null
        : new JobStats(stats.requests(), stats.succeeded(), stats.failed(), stats.pending());
  }
}
