package io.promptferry.runtime.metrics;

import java.util.HashSet;
import java.util.Set;

/**
 * Values of a label that come from outside, so many at most: each is a time series, here and in
 * Prometheus, for as long as the service lives. Safe for several threads.
 */
public final class CappedLabel {

  /** Stands for all values past the cap. */
  public static final String OTHER = "other";

  private final int max;
  private final Set<String> seen = new HashSet<>();

  public CappedLabel(int max) {
    this.max = max;
  }

  /** The value itself where it is one of the first that were seen, else {@link #OTHER}. */
  public synchronized String of(String value) {
    if (seen.contains(value)) {
      return value;
    }
    if (seen.size() >= max) {
      return OTHER;
    }
    seen.add(value);
    return value;
  }
}
