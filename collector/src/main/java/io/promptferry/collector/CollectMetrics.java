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
  private final Counter read;
  private final Counter used;

  CollectMetrics(MeterRegistry registry) {
    this.succeeded = registry.counter(RESPONSES, "status", "SUCCEEDED");
    this.failed = registry.counter(RESPONSES, "status", "FAILED");
    this.vanished = registry.counter("promptferry.prompts.vanished");
    this.read = registry.counter("promptferry.log.records.read", "stage", "collect");
    this.used = registry.counter("promptferry.log.records.used", "stage", "collect");
  }

  /** Counts a batch when it is settled. */
  void collected(Totals totals) {
    succeeded.increment((double) totals.getSucceeded());
    failed.increment((double) totals.getFailed());
    vanished.increment((double) totals.getVanished());
  }

  /** Counts what was read again of the prompts of a batch. */
  void read(long fetched, long handedOut) {
    read.increment((double) fetched);
    used.increment((double) handedOut);
  }

  /** Counts answered dead letters. */
  void rejected(int letters) {
    failed.increment(letters);
  }
}
