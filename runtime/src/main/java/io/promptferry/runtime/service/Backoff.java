package io.promptferry.runtime.service;

import java.time.Duration;

/**
 * How long to wait after the n-th failure in a row: doubles from the first wait up to the longest,
 * and leaves out up to a fifth at random, so that many who failed together do not come back
 * together.
 */
public record Backoff(Duration first, Duration longest) {

  private static final int MAX_SHIFT = 20;
  private static final double JITTER = 0.2;

  /** From a quarter of a second to ten seconds: for work inside one process. */
  public static final Backoff QUICK = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10));

  /**
   * The wait after a failure.
   *
   * @param failures failures in a row, from 1
   * @param random from 0.0 to 1.0
   */
  public Duration after(int failures, double random) {
    long wanted = first.toMillis() << Math.min(failures - 1, MAX_SHIFT);
    long capped = Math.min(wanted, longest.toMillis());
    return Duration.ofMillis((long) (capped * (1 - JITTER * random)));
  }
}
