package io.promptferry.batcher.sweep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the sweeps of one account have seen and done. */
final class SweepMetrics {

  /** Whose files they are; the tag's value. */
  enum Owner {
    ours,
    others
  }

  private static final String WHOSE =
      "; ours: input files of this deployment, others: all else, result files too";

  private static final Label OWNER = Label.of("owner", Owner.values());

  private static final Metric STORAGE =
      Metric.gauge(
              "promptferry.provider.storage",
              "The size of the files in the provider's storage at the last sweep" + WHOSE,
              Label.ACCOUNT,
              OWNER)
          .in(Metric.BYTES);

  private static final Metric FILES =
      Metric.gauge(
          "promptferry.provider.files",
          "Files in the provider's storage at the last sweep" + WHOSE,
          Label.ACCOUNT,
          OWNER);

  private static final Metric SWEPT =
      Metric.counter(
          "promptferry.provider.files.swept",
          "Input files at the provider that were left behind and deleted by a sweep",
          Label.ACCOUNT);

  /** What an owner has in the storage. */
  record Use(long files, long bytes) {

    static final Use NONE = new Use(0, 0);

    Use plus(long fileBytes) {
      return new Use(files + 1, bytes + fileBytes);
    }
  }

  private final MeterRegistry registry;
  private final String account;
  private final Map<Owner, Use> uses = new ConcurrentHashMap<>();
  private final Counter swept;

  SweepMetrics(MeterRegistry registry, String account) {
    this.registry = registry;
    this.account = account;
    this.swept = SWEPT.counterIn(registry, account);
  }

  /** The storage was listed; kept until the next time. */
  void stored(Owner owner, Use use) {
    if (uses.put(owner, use) == null) { // Before the first there is no number to show.
      STORAGE.gaugeIn(registry, uses, all -> of(owner, all).bytes(), account, owner.name());
      FILES.gaugeIn(registry, uses, all -> of(owner, all).files(), account, owner.name());
    }
  }

  private static Use of(Owner owner, Map<Owner, Use> all) {
    return all.getOrDefault(owner, Use.NONE);
  }

  void deleted() {
    swept.increment();
  }
}
