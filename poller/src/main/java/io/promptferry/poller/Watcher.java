package io.promptferry.poller;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.poller.Durations.Usual;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the conclusions from what was seen of an account's job: reports, waits on, or has done with
 * it.
 */
final class Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

  private final Calls calls;
  private final Reports reports;
  private final Durations durations;
  private final Pace pace;
  private final PollSettings settings;
  private final Clock clock;
  private final Visibility visibility;

  Watcher(
      Calls calls,
      Reports reports,
      Durations durations,
      Pace pace,
      PollSettings settings,
      Clock clock,
      Visibility visibility) {
    this.visibility = visibility;
    this.calls = calls;
    this.reports = reports;
    this.durations = durations;
    this.pace = pace;
    this.settings = settings;
    this.clock = clock;
  }

  /** The provider shows the job. */
  void shown(WatchedJob job, RemoteJob remote) throws InterruptedException {
    Instant now = clock.instant();
    Job submission = job.submission();
    visibility.saw(submission);
    job.missing(null);
    Usual usual = durations.usual(submission);
    Forecast forecast = Forecast.of(submission.getAt(), remote.stats(), usual, now);
    job.lacksResults(Observation.lacksResults(remote), now);
    boolean forgone = job.isWithoutResultsFor(settings.resultWait(), now);
    JobState state =
        forgone
            ? Observation.withoutResults(submission, remote, now)
            : Observation.of(submission, remote, forecast, now);
    if (state.getTerminal()) {
      durations.add(state);
      end(job, state);
      return;
    }
    if (Observation.changed(job.last(), state)) {
      reports.write(job.submission().getBatch(), state);
      job.reported(state);
    }
    job.expect(forecast.end());
    seeWhetherItMoves(job, usual, now);
    goOn(job, state.getState(), now);
  }

  /**
   * The provider answers 404.
   *
   * @param othersAreListed whether other calls with this key succeed; asked before a job is
   *     believed to be gone, perhaps with a key that is new
   */
  void absent(WatchedJob job, BooleanSupplier othersAreListed) throws InterruptedException {
    Instant now = clock.instant();
    Absence before = job.absence();
    if (before == null) {
      LOG.warn("{} is not found; asking again", job.name());
    }
    Absence absence = before == null ? Absence.first(now) : before.again();
    job.missing(absence);
    if (absence.hasLasted(settings.goneAfter(), now)) {
      if (!visibility.covers(job.submission())) {
        tellOfKey(job, absence);
      } else if (othersAreListed.getAsBoolean() && visibility.covers(job.submission())) {
        end(job, Observation.lost(job.submission(), absence, now));
        return;
      }
    }
    goOn(job, "not found", now);
  }

  private static void tellOfKey(WatchedJob job, Absence absence) {
    if (!absence.told()) {
      LOG.warn(
          "{} is not visible to this key: give account {} a key of the project that it used"
              + " when the job was made (gemini.api.key, or its file in gemini.keys.dir); it is asked for until {} is over",
          job.name(),
          job.submission().getBatch().getLane().getAccount(),
          PollSettings.GIVE_UP_AFTER);
      job.missing(absence.isTold());
    }
  }

  /** The provider did not answer. */
  void outOfReach(WatchedJob job) throws InterruptedException {
    goOn(job, "out of reach", clock.instant());
  }

  private void end(WatchedJob job, JobState state) throws InterruptedException {
    reports.write(job.submission().getBatch(), state);
    job.end();
  }

  private void goOn(WatchedJob job, String lastState, Instant now) throws InterruptedException {
    Instant begun = job.submission().getAt();
    if (!now.isBefore(begun.plus(settings.giveUpAfter()))) {
      end(job, Observation.givenUp(job.submission(), lastState, now));
    } else {
      job.waitFrom(now, pace.next(begun, job.expectedEnd(), job.company(), now));
    }
  }

  private void seeWhetherItMoves(WatchedJob job, @Nullable Usual usual, Instant now) {
    Duration still = Duration.between(job.changedAt(), now);
    if (still.compareTo(settings.stuckAfter(usual)) <= 0) {
      return;
    }
    if (!job.isStuck()) {
      job.stick();
      LOG.warn(
          "{} has not changed for {} and is {} old: look for it at the provider, and cancel it there"
              + " or by {}=true; its prompts are then answered or tried again",
          job.name(),
          still,
          Duration.between(job.submission().getAt(), now),
          PollSettings.STUCK_CANCEL);
    }
    if (settings.stuckCancel() && !job.isCancelled()) {
      cancel(job);
    }
  }

  private void cancel(WatchedJob job) {
    try {
      calls.cancel(job.name());
      job.cancelled();
      LOG.warn("{} is cancelled, since it is stuck", job.name());
    } catch (ProviderException e) {
      LOG.warn("{} could not be cancelled, trying again: {}", job.name(), e.getMessage());
    }
  }
}
