package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.records.Lane;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What the submitter counts. Shared by the workers of an instance, one for each partition. */
final class SubmitMetrics {

  /**
   * What a worker holds.
   *
   * @param oldest when its oldest batch was closed; {@link Instant#MAX} where there is none
   */
  record Load(int pending, Map<Reason, Integer> waiting, Instant oldest) {}

  private final MeterRegistry registry;
  private final Capacity capacity;
  private final Map<Integer, Load> loads = new ConcurrentHashMap<>();
  private final Set<String> accounts = ConcurrentHashMap.newKeySet();

  SubmitMetrics(MeterRegistry registry, LaneGate gate, Capacity capacity, Clock clock) {
    this.registry = registry;
    this.capacity = capacity;
    gauge("pending", "Batches that are worked on", all -> sum(all, Load::pending));
    gauge(
        "pending.oldest.seconds",
        "How long ago the oldest batch without a job was closed",
        all -> age(all, clock.instant()));
    for (Reason reason : Reason.values()) {
      Gauge.builder(
              "promptferry.submit.waiting",
              loads,
              all -> sum(all, load -> load.waiting().getOrDefault(reason, 0)))
          .description("Batches that wait, by what for")
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    Gauge.builder("promptferry.submit.stopped", gate, LaneGate::stopped)
        .description("Accounts and models that the provider refuses, until somebody mends it")
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Map<Integer, Load>> value) {
    Gauge.builder("promptferry.submit." + name, loads, value)
        .description(description)
        .register(registry);
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
    String account = lane.getAccount();
    String model = OpenJobs.modelName(lane.getModel());
    if (accounts.add(account)) {
      CapacitySettings limits = capacity.limits(account);
      capacity("jobs", account, "", c -> c.use(account, "").jobs(), limits.jobs());
      capacity("bytes", account, "", c -> c.use(account, "").bytes(), limits.storageBytes());
    }
    if (accounts.add(account + '/' + model)) {
      long limit = capacity.limits(account).tokensOf(model);
      capacity("tokens", account, model, c -> c.use(account, model).tokens(), limit);
    }
  }

  private void capacity(
      String what, String account, String model, ToDoubleFunction<Capacity> use, long limit) {
    String[] tags = {"what", what, "account", account, "model", model};
    Gauge.builder("promptferry.capacity.used", capacity, use)
        .description("Jobs, enqueued tokens of a model, and bytes of input files at the provider")
        .tags(tags)
        .register(registry);
    Gauge.builder("promptferry.capacity.limit", () -> (double) limit)
        .description("How much of it is allowed by capacity.*; 9.2e18 where nothing is")
        .tags(tags)
        .register(registry);
  }

  /** A batch has its job. */
  void created() {
    count("promptferry.jobs.created", "Batches that have their job");
  }

  /** A batch is larger than its account's capacity. */
  void neverFits() {
    count(
        "promptferry.submit.never.fits",
        "Batches larger than capacity.* allows even when nothing is in use");
  }

  private void count(String name, String description) {
    Counter.builder(name).description(description).register(registry).increment();
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
