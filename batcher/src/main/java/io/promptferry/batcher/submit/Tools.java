package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Batch;
import java.time.Clock;
import java.time.Instant;

/**
 * What the submissions of a partition work with.
 *
 * @param gate of the instance
 * @param capacity of the instance
 */
record Tools(
    Accounts accounts,
    RequestFile requests,
    JobLog log,
    LaneGate gate,
    Capacity capacity,
    SubmitMetrics metrics,
    MeterRegistry registry,
    Clock clock) {

  private static final long CHECK_MS = 200;

  /** The provider with the present key of the batch's account. */
  BatchProvider provider(Batch batch) {
    return accounts.of(batch.getLane().getAccount());
  }

  Doubt doubt(Batch batch) {
    return new Doubt(provider(batch), registry);
  }

  /**
   * When a batch without capacity asks again; it asks this instance, not the provider. The same
   * moment for all, so that the most urgent is the first to ask.
   */
  static Instant nextCheck(Instant now) {
    return Instant.ofEpochMilli((now.toEpochMilli() / CHECK_MS + 1) * CHECK_MS);
  }
}
