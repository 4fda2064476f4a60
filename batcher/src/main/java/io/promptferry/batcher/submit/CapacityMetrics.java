package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * How much is in use at the provider, of how much: for each account, and tokens for each of its
 * models, from when a batch of it was first seen. What has no bound shows no limit.
 */
final class CapacityMetrics {

  /** Prompts name their models, so there may be any number; those past it have no gauges. */
  private static final int MOST_MODELS = 100;

  private static final Label MODEL =
      Label.of("model", "the first %d models".formatted(MOST_MODELS));

  private static final Metric JOBS_USED =
      Metric.gauge(
          "promptferry.capacity.jobs.used",
          "Jobs that the account has at the provider, of all instances",
          Label.ACCOUNT);

  private static final Metric JOBS_LIMIT =
      Metric.gauge(
          "promptferry.capacity.jobs.limit",
          "Jobs that capacity.jobs.max allows the account",
          Label.ACCOUNT);

  private static final Metric TOKENS_USED =
      Metric.gauge(
          "promptferry.capacity.tokens.used",
          "Input tokens of the model that the account has enqueued, estimated on the high side",
          Label.ACCOUNT,
          MODEL);

  private static final Metric TOKENS_LIMIT =
      Metric.gauge(
          "promptferry.capacity.tokens.limit",
          "Input tokens of the model that capacity.tier or capacity.tokens.max allows to be"
              + " enqueued; absent where neither bounds them",
          Label.ACCOUNT,
          MODEL);

  private static final Metric STORAGE_USED =
      Metric.gauge(
              "promptferry.capacity.storage.used",
              "The size of the input files of the account's open jobs and uploads, at most",
              Label.ACCOUNT)
          .in(Metric.BYTES);

  private static final Metric STORAGE_LIMIT =
      Metric.gauge(
              "promptferry.capacity.storage.limit",
              "The size of input files that capacity.storage.max.bytes allows the account",
              Label.ACCOUNT)
          .in(Metric.BYTES);

  private record Pool(String account, String model) {}

  private final MeterRegistry registry;
  private final Capacity capacity;
  private final Set<String> accounts = ConcurrentHashMap.newKeySet();
  private final Set<Pool> pools = ConcurrentHashMap.newKeySet();

  CapacityMetrics(MeterRegistry registry, Capacity capacity) {
    this.registry = registry;
    this.capacity = capacity;
  }

  void sees(String account, String model) {
    CapacitySettings limits = capacity.limits(account);
    if (accounts.add(account)) {
      pair(JOBS_USED, c -> c.use(account, "").jobs(), JOBS_LIMIT, limits.jobs(), account);
      pair(
          STORAGE_USED,
          c -> c.use(account, "").bytes(),
          STORAGE_LIMIT,
          limits.storageBytes(),
          account);
    }
    if (pools.size() < MOST_MODELS && pools.add(new Pool(account, model))) {
      pair(
          TOKENS_USED,
          c -> c.use(account, model).tokens(),
          TOKENS_LIMIT,
          limits.tokensOf(model),
          account,
          model);
    }
  }

  private void pair(
      Metric used, ToDoubleFunction<Capacity> use, Metric limit, long most, String... labels) {
    used.gaugeIn(registry, capacity, use, labels);
    if (most != Long.MAX_VALUE) {
      limit.gaugeIn(registry, capacity, c -> most, labels);
    }
  }
}
