package io.promptferry.poller;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job that has not ended, as far as is known. */
final class WatchedJob {

  private final Job submission;
  private Instant due;
  private @Nullable JobState last;
  private boolean ended;

  WatchedJob(Job submission, Instant due) {
    this.submission = submission;
    this.due = due;
  }

  Job submission() {
    return submission;
  }

  @Nullable JobState last() {
    return last;
  }

  void reported(JobState state) {
    last = state;
  }

  Instant due() {
    return due;
  }

  boolean isDue(Instant now) {
    return !now.isBefore(due);
  }

  void waitUntil(Instant next) {
    due = next;
  }

  /** Takes note that it needs no more watching. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }
}
