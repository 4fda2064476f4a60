package io.promptferry.batcher.assemble;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.records.SealReason;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.runtime.metrics.Stage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What the assembler counts. Shared by the tasks of an instance, one for each partition. */
final class AssembleMetrics {

  private static final Label REASON = Label.of("reason", SealReason.values());

  private static final Metric LANES =
      Metric.gauge("promptferry.lanes.batching", "Lanes with an open batch");

  private static final Metric PARKED =
      Metric.gauge(
          "promptferry.slices.parked",
          "Slices that wait, by what for: retries for their time, slices for their lane's window",
          Label.of("reason", "retry", "window"));

  private static final Metric SEALED =
      Metric.counter("promptferry.batches.sealed", "Batches closed, by what closed them", REASON);

  private static final Metric FILL =
      Metric.summary(
              "promptferry.batch.fill",
              "How full batches are by the fullest of requests, bytes and tokens, 0 to 1",
              REASON)
          .in(Metric.RATIO);

  private static final Metric REQUESTS =
      Metric.summary("promptferry.batch.requests", "Prompts in a batch");

  private static final Metric OVERSIZED =
      Metric.counter(
          "promptferry.slices.oversized",
          "Slices larger than their lane's limits, each a batch by itself");

  private static final Metric OVERLAPS =
      Metric.counter(
          "promptferry.slice.overlaps",
          "Runs of offsets that came twice into one batch and were kept once");

  /**
   * What a task holds.
   *
   * @param lanes lanes with an open batch
   * @param prompts prompts in these
   * @param oldestSeconds how long the oldest of these is open; 0 where there is none
   * @param parked what waits
   */
  record Load(long lanes, long prompts, double oldestSeconds, ParkedTally.Load parked) {}

  private final MeterRegistry registry;
  private final Map<Integer, Load> loads = new ConcurrentHashMap<>();
  private final DistributionSummary requests;
  private final Counter oversized;
  private final Counter overlaps;

  AssembleMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.requests = REQUESTS.summaryIn(registry);
    this.oversized = OVERSIZED.counterIn(registry);
    this.overlaps = OVERLAPS.counterIn(registry);
    LANES.gaugeIn(registry, loads, all -> sum(all, Load::lanes));
    PARKED.gaugeIn(registry, loads, all -> sum(all, load -> load.parked().retries()), "retry");
    PARKED.gaugeIn(registry, loads, all -> sum(all, load -> load.parked().scheduled()), "window");
    Stage.BATCHING.waiting(registry, loads, all -> sum(all, Load::prompts));
    Stage.PARKED.waiting(registry, loads, all -> sum(all, load -> load.parked().prompts()));
    Stage.BATCHING.oldest(registry, loads, all -> largest(all, Load::oldestSeconds));
    Stage.PARKED.oldest(
        registry, loads, all -> largest(all, load -> load.parked().oldestSeconds()));
  }

  private static double largest(Map<Integer, Load> all, ToDoubleFunction<Load> part) {
    return all.values().stream().mapToDouble(part).max().orElse(0);
  }

  private static double sum(Map<Integer, Load> all, ToDoubleFunction<Load> part) {
    return all.values().stream().mapToDouble(part).sum();
  }

  /**
   * A batch was closed.
   *
   * @param fill how full it is by the fullest of its limits, from 0 to 1
   */
  void sealed(SealReason reason, int prompts, double fill) {
    SEALED.counterIn(registry, reason.name()).increment();
    FILL.summaryIn(registry, reason.name()).record(fill);
    requests.record(prompts);
  }

  /** A slice is larger than its lane's limits. */
  void oversized() {
    oversized.increment();
  }

  /** Slices of one batch hold the same offsets. */
  void overlapping(int runs) {
    overlaps.increment(runs);
  }

  /** What the task of a partition holds now. */
  void holds(int partition, Load load) {
    loads.put(partition, load);
  }

  /** The task of the partition has gone, perhaps to another instance. */
  void gone(int partition) {
    loads.remove(partition);
  }
}
