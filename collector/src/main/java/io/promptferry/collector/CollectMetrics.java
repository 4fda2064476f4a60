package io.promptferry.collector;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.collector.response.Overflow;
import io.promptferry.collector.result.LineKind;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.Totals;
import java.util.Locale;

/** What the collector counts. */
final class CollectMetrics {

  private static final String RESPONSES = "promptferry.responses";

  private final MeterRegistry registry;
  private final Counter succeeded;
  private final Counter failed;
  private final Counter vanished;
  private final Counter read;
  private final Counter used;

  CollectMetrics(MeterRegistry registry) {
    this.registry = registry;
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

  /**
   * Counts the lines of a result file.
   *
   * @param missing prompts that should have a line and have none
   */
  void lines(ResultFile.Counts counts, long missing) {
    for (LineKind kind : LineKind.values()) {
      lines(kind.name().toLowerCase(Locale.ROOT), counts.of(kind));
    }
    lines("missing", Math.max(0, missing));
  }

  private void lines(String kind, long count) {
    registry.counter("promptferry.results.lines", "kind", kind).increment((double) count);
  }

  /** Counts what was read again of the prompts of a batch. */
  void read(long fetched, long handedOut) {
    read.increment((double) fetched);
    used.increment((double) handedOut);
  }

  /** Counts a response that is not on the topic that it was meant for. */
  void overflowed(Overflow why) {
    registry.counter("promptferry.responses.overflow", "reason", why.name()).increment();
  }

  /** Counts answered dead letters. */
  void rejected(int letters) {
    failed.increment(letters);
  }
}
