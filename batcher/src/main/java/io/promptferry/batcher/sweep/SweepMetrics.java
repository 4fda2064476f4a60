package io.promptferry.batcher.sweep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What the sweeps of one account have seen and done. */
final class SweepMetrics {

  /** Whose files they are; the tag's value. */
  enum Owner {
    ours,
    others
  }

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
  private final Counter deleted;

  SweepMetrics(MeterRegistry registry, String account) {
    this.registry = registry;
    this.account = account;
    this.deleted =
        Counter.builder("promptferry.sweep.deleted")
            .description("Input files at the provider that were left behind and deleted by a sweep")
            .tag("account", account)
            .register(registry);
  }

  /** The storage was listed; kept until the next time. */
  void stored(Owner owner, Use use) {
    if (uses.put(owner, use) == null) { // Before the first there is no number to show.
      gauge(
          owner,
          "promptferry.provider.storage.bytes",
          "Bytes of the files in the provider's storage at the last sweep",
          Use::bytes);
      gauge(
          owner,
          "promptferry.provider.files",
          "Files in the provider's storage at the last sweep",
          Use::files);
    }
  }

  private void gauge(Owner owner, String name, String description, ToDoubleFunction<Use> value) {
    Gauge.builder(name, uses, all -> value.applyAsDouble(all.getOrDefault(owner, Use.NONE)))
        .description(
            description
                + "; ours: input files of this deployment, others: all else, result files too")
        .tags("account", account, "owner", owner.name())
        .register(registry);
  }

  void deleted() {
    deleted.increment();
  }
}
