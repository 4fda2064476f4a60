package io.promptferry.poller;

import java.time.Duration;
import java.time.Instant;

/**
 * That the provider answered 404 for a job, with nothing else in between.
 *
 * @param since the first time
 * @param times how often
 * @param told whether somebody has been told that the key may be the wrong one
 */
record Absence(Instant since, int times, boolean told) {

  /** A single answer, however long ago, may have been a whim. */
  private static final int REPEATED = 3;

  static Absence first(Instant now) {
    return new Absence(now, 1, false);
  }

  Absence again() {
    return new Absence(since, times + 1, told);
  }

  Absence isTold() {
    return new Absence(since, times, true);
  }

  /** Whether it was seen again and again for so long. */
  boolean hasLasted(Duration time, Instant now) {
    return times >= REPEATED && !now.isBefore(since.plus(time));
  }
}
