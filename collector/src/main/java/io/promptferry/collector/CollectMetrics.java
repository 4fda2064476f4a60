package io.promptferry.collector;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.records.Totals;

/** What the collector counts. */
final class CollectMetrics {

  private static final String RESPONSES = "promptferry.responses";

  private final Counter succeeded;
  private final Counter failed;
  private final Counter vanished;

  CollectMetrics(MeterRegistry registry) {
    this.succeeded = registry.counter(RESPONSES, "status", "SUCCEEDED");
    this.failed = registry.counter(RESPONSES, "status", "FAILED");
    this.vanished = registry.counter("promptferry.prompts.vanished");
  }

  /** Counts a batch when it is settled. */
  void collected(Totals totals) {
    succeeded.increment((double) totals.getSucceeded());
    failed.increment((double) totals.getFailed());
    vanished.increment((double) totals.getVanished());
  }

  /** Counts answered dead letters. */
  void rejected(int letters) {
    failed.increment(letters);
  }
}
