package io.promptferry.batcher.assemble;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.records.SealReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What the assembler counts. Shared by the tasks of an instance, one for each partition. */
final class AssembleMetrics {

  /**
   * What a task holds.
   *
   * @param lanes lanes with an open batch
   * @param prompts prompts in these
   */
  record Load(long lanes, long prompts, long parkedSlices, long parkedPrompts) {}

  private final MeterRegistry registry;
  private final Map<Integer, Load> loads = new ConcurrentHashMap<>();

  AssembleMetrics(MeterRegistry registry) {
    this.registry = registry;
    gauge("promptferry.lanes.batching", "Lanes with an open batch", Load::lanes);
    gauge("promptferry.prompts.batching", "Prompts in open batches", Load::prompts);
    gauge(
        "promptferry.slices.parked",
        "Slices that wait for their time or for their lane's window",
        Load::parkedSlices);
    gauge("promptferry.prompts.parked", "Prompts in parked slices", Load::parkedPrompts);
  }

  private void gauge(String name, String description, ToDoubleFunction<Load> part) {
    Gauge.builder(name, loads, all -> all.values().stream().mapToDouble(part).sum())
        .description(description)
        .register(registry);
  }

  /**
   * A batch was closed.
   *
   * @param fill how full it is by the fullest of its limits, from 0 to 1
   */
  void sealed(SealReason reason, int prompts, double fill) {
    Counter.builder("promptferry.batches.sealed")
        .description("Batches closed, by what closed them")
        .tag("reason", reason.name())
        .register(registry)
        .increment();
    DistributionSummary.builder("promptferry.batch.fill")
        .description("How full batches are by the fullest of requests, bytes and tokens, 0 to 1")
        .tag("reason", reason.name())
        .register(registry)
        .record(fill);
    DistributionSummary.builder("promptferry.batch.requests")
        .description("Prompts in a batch")
        .register(registry)
        .record(prompts);
  }

  /** A slice is larger than its lane's limits. */
  void oversized() {
    Counter.builder("promptferry.slices.oversized")
        .description("Slices larger than their lane's limits, each a batch by itself")
        .register(registry)
        .increment();
  }

  /** Slices of one batch hold the same offsets. */
  void overlapping(int runs) {
    Counter.builder("promptferry.slices.overlapping")
        .description("Runs of offsets that came twice into one batch and were kept once")
        .register(registry)
        .increment(runs);
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
