package io.promptferry.poller;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.log.LogScope;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job that has not ended, as far as is known. */
final class WatchedJob {

  /** A job is looked at together with others when so little of its wait is left. */
  private static final int SOON_PARTS = 4;

  private final Job submission;
  private Instant due;
  private Duration wait = Duration.ZERO;
  private @Nullable JobState last;
  private @Nullable Instant expectedEnd;
  private @Nullable Instant withoutResultsSince;
  private @Nullable Absence absence;
  private int page = 1;
  private int company = 1;
  private boolean stuck;
  private boolean cancelled;
  private boolean ended;

  WatchedJob(Job submission, Instant due) {
    this(submission, null, due);
  }

  /**
   * A job to be looked at.
   *
   * @param last what an earlier life reported of it
   */
  WatchedJob(Job submission, @Nullable JobState last, Instant due) {
    this.submission = submission;
    this.due = due;
    if (last != null) {
      this.last = last;
      this.expectedEnd = last.getEstimatedEnd();
      this.withoutResultsSince =
          Observation.WITH_RESULTS.contains(last.getState()) ? last.getObservedAt() : null;
    }
  }

  Job submission() {
    return submission;
  }

  /** To be closed when the next lines are no longer about it. */
  LogScope scope() {
    return LogScope.ofBatch(submission.getBatch().getBatchId(), submission.getJob());
  }

  /** The provider's name of it. */
  String name() {
    return String.valueOf(submission.getJob());
  }

  @Nullable JobState last() {
    return last;
  }

  /** Takes note of a change that was reported. */
  void reported(JobState state) {
    last = state;
    stuck = false;
    cancelled = false;
  }

  /** When something was last seen to change. */
  Instant changedAt() {
    return last == null ? submission.getAt() : last.getObservedAt();
  }

  boolean isStuck() {
    return stuck;
  }

  void stick() {
    stuck = true;
  }

  void cancelled() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** When it is expected to end, or should have; null where nothing is known. */
  @Nullable Instant expectedEnd() {
    return withoutResultsSince == null ? expectedEnd : withoutResultsSince;
  }

  void expect(@Nullable Instant end) {
    expectedEnd = end;
  }

  /** Takes note of whether it has succeeded and shows no results. */
  void lacksResults(boolean lacking, Instant now) {
    if (!lacking) {
      withoutResultsSince = null;
    } else if (withoutResultsSince == null) {
      withoutResultsSince = now;
    }
  }

  boolean isWithoutResultsFor(Duration time, Instant now) {
    return withoutResultsSince != null && !now.isBefore(withoutResultsSince.plus(time));
  }

  /** The 404s since it was last seen; null for none. */
  @Nullable Absence absence() {
    return absence;
  }

  void missing(@Nullable Absence absence) {
    this.absence = absence;
  }

  /** The page of the list where it is to be expected, from 1; new jobs come first. */
  int page() {
    return page;
  }

  void seenOn(int page) {
    this.page = page;
  }

  /** How many jobs the last call told of that told of this one. */
  int company() {
    return company;
  }

  void lookedAtWith(int jobs) {
    company = jobs;
  }

  void notWithin(int pages) {
    page = Math.max(page, pages + 1);
  }

  Instant due() {
    return due;
  }

  boolean isDue(Instant now) {
    return !now.isBefore(due);
  }

  /** Whether it may be looked at already, where that costs nothing. */
  boolean isSoon(Instant now) {
    return isDue(now.plus(wait.dividedBy(SOON_PARTS)));
  }

  void waitFrom(Instant now, Duration time) {
    due = now.plus(time);
    wait = time;
  }

  /** Has it looked at alone, and now. */
  void doNow(Instant now) {
    due = now;
  }

  /** Takes note that it needs no more watching. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }
}
