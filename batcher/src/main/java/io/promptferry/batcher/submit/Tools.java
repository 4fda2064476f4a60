package io.promptferry.batcher.submit;

import io.promptferry.gemini.BatchProvider;
import java.time.Clock;
import java.time.Instant;

/**
 * What the submissions of a partition work with.
 *
 * @param gate of the instance
 * @param capacity of the instance
 */
record Tools(
    BatchProvider provider,
    Doubt doubt,
    RequestFile requests,
    JobLog log,
    LaneGate gate,
    Capacity capacity,
    SubmitMetrics metrics,
    Clock clock) {

  private static final long CHECK_MS = 200;

  /**
   * When a batch without capacity asks again; it asks this instance, not the provider. The same
   * moment for all, so that the most urgent is the first to ask.
   */
  static Instant nextCheck(Instant now) {
    return Instant.ofEpochMilli((now.toEpochMilli() / CHECK_MS + 1) * CHECK_MS);
  }
}
