package io.promptferry.poller;

import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what was seen of a job into its state record; pure functions. */
final class Observation {

  static final String REFUSED = "REFUSED";
  static final String GIVEN_UP = "GIVEN_UP";

  private static final Set<String> WITH_RESULTS = Set.of("SUCCEEDED", "PARTIALLY_SUCCEEDED");

  private Observation() {}

  /** The state of a job that the provider shows. */
  static JobState of(Job submission, RemoteJob remote, Instant now) {
    // The service reports success shortly before the results can be read: until it names the file,
    // the job is not over.
    boolean terminal =
        remote.terminal()
            && !(WITH_RESULTS.contains(remote.state()) && remote.resultFile() == null);
    return base(submission, remote.state(), terminal, now)
        .setStats(stats(remote.stats()))
        .setResultFile(remote.resultFile())
        .setError(
            remote.error() == null
                ? null
                : new JobError(remote.error().code(), remote.error().message()))
        .setEndedAt(terminal ? Objects.requireNonNullElse(remote.ended(), now) : null)
        .setEstimatedEnd(terminal ? null : estimate(submission, remote.stats(), now))
        .build();
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

  /** Goes on as it went so far; no estimate before the first answer. */
  private static @Nullable Instant estimate(Job submission, @Nullable Stats stats, Instant now) {
    long done = stats == null ? 0 : stats.succeeded() + stats.failed();
    if (stats == null || done <= 0 || stats.requests() < done) {
      return null;
    }
    Duration spent = Duration.between(submission.getAt(), now);
    double rest = (stats.requests() - done) / (double) done;
    return now.plusMillis((long) (spent.toMillis() * rest));
  }
}
