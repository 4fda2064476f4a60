package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.records.Lane;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.runtime.metrics.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What the submitter counts. Shared by the workers of an instance, one for each partition. */
final class SubmitMetrics {

  private static final Metric PENDING =
      Metric.gauge("promptferry.batches.pending", "Closed batches without a job, waiting or not");

  private static final Metric WAITING =
      Metric.gauge(
          "promptferry.batches.waiting",
          "Closed batches that wait, by what for",
          Label.of(
              "reason",
              Arrays.stream(Reason.values()).map(SubmitMetrics::label).toArray(String[]::new)));

  private static final Metric STOPPED =
      Metric.gauge(
          "promptferry.submit.stopped",
          "Accounts and models that the provider refuses, until somebody mends it");

  private static final Metric CREATED =
      Metric.counter("promptferry.jobs.submitted", "Batches that have their job");

  private static final Metric TOO_LARGE =
      Metric.counter(
          "promptferry.batches.unfit",
          "Batches larger than capacity.* allows even when nothing is in use");

  /**
   * What a worker holds.
   *
   * @param oldest when its oldest batch was opened; {@link Instant#MAX} where there is none
   */
  record Load(int pending, long prompts, Map<Reason, Integer> waiting, Instant oldest) {}

  private final CapacityMetrics capacity;
  private final Map<Integer, Load> loads = new ConcurrentHashMap<>();
  private final Counter created;
  private final Counter tooLarge;

  SubmitMetrics(MeterRegistry registry, LaneGate gate, Capacity capacity, Clock clock) {
    this.capacity = new CapacityMetrics(registry, capacity);
    this.created = CREATED.counterIn(registry);
    this.tooLarge = TOO_LARGE.counterIn(registry);
    Doubt.DUPLICATES.counterIn(registry); // An alarm needs the zero before the one.
    PENDING.gaugeIn(registry, loads, all -> sum(all, Load::pending));
    for (Reason reason : Reason.values()) {
      WAITING.gaugeIn(
          registry,
          loads,
          all -> sum(all, load -> load.waiting().getOrDefault(reason, 0)),
          label(reason));
    }
    STOPPED.gaugeIn(registry, gate, LaneGate::stopped);
    Stage.SUBMITTING.waiting(registry, loads, all -> sum(all, Load::prompts));
    Stage.SUBMITTING.oldest(registry, loads, all -> age(all, clock.instant()));
  }

  private static String label(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static double sum(Map<Integer, Load> all, ToDoubleFunction<Load> part) {
    return all.values().stream().mapToDouble(part).sum();
  }

  private static double age(Map<Integer, Load> all, Instant now) {
    return all.values().stream()
        .map(Load::oldest)
        .filter(oldest -> oldest.isBefore(now))
        .mapToDouble(oldest -> Duration.between(oldest, now).toSeconds())
        .max()
        .orElse(0);
  }

  /** A worker holds a batch of this lane: its account and model have gauges from now on. */
  void sees(Lane lane) {
    capacity.sees(lane.getAccount(), OpenJobs.modelName(lane.getModel()));
  }

  /** A batch has its job. */
  void created() {
    created.increment();
  }

  /** A batch is larger than its account's capacity. */
  void neverFits() {
    tooLarge.increment();
  }

  /** What the worker of a partition holds now. */
  void holds(int partition, Load load) {
    loads.put(partition, load);
  }

  /** The partition has gone, perhaps to another instance. */
  void gone(int partition) {
    loads.remove(partition);
  }
}
