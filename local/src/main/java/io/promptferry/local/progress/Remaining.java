package io.promptferry.local.progress;

import java.time.Duration;
import java.util.Optional;

/** How long the rest takes, if it goes on as it went. */
final class Remaining {

  /** What is guessed from less is off by hours, and stands there until the next answers come. */
  private static final Duration LEAST_TIME = Duration.ofSeconds(5);

  private static final int LEAST_PERCENT = 1;

  private Remaining() {}

  /**
   * Empty when nothing is left, or too little was done to tell.
   *
   * @param all -1: unknown
   * @param took what was done since {@code before}
   */
  static Optional<Duration> of(long before, long done, long all, Duration took) {
    long lately = done - before;
    if (all <= done
        || lately <= 0
        || lately * 100 < (all - before) * LEAST_PERCENT
        || took.compareTo(LEAST_TIME) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofMillis(Math.round((double) took.toMillis() / lately * (all - done))));
  }
}
