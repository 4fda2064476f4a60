package io.promptferry.collector;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.collector.response.Overflow;
import io.promptferry.collector.result.LineKind;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.Cost;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.runtime.metrics.CappedLabel;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.runtime.metrics.SharedMetrics;
import io.promptferry.runtime.metrics.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the collector counts. Shared by the workers of an instance, one for each partition. */
final class CollectMetrics {

  /** Prompts name their models, so there may be any number. */
  private static final int MOST_MODELS = 100;

  private static final double MILLIONTH = 1e-6;

  private static final Label MODEL =
      Label.of("model", "the first %d models".formatted(MOST_MODELS), CappedLabel.OTHER);

  private static final Label REASON = Label.of("reason", "those of docs/reasons.md");

  private static final Metric RESPONSES =
      Metric.counter(
          "promptferry.responses",
          "Responses written, counted when their batch or dead letter is done with",
          Label.of("status", "SUCCEEDED", "FAILED"));

  private static final Metric FAILURES =
      Metric.counter(
          "promptferry.prompts.failed",
          "Prompts of batches that were answered FAILED, by reason; those of dead letters are in"
              + " promptferry_prompts_rejected_total",
          REASON);

  private static final Metric RETRIES =
      Metric.counter(
          "promptferry.prompts.retried",
          "Prompts that were sent round again, by the reason of the attempt that did not answer",
          REASON);

  private static final Metric DEAD_LETTERS =
      Metric.counter("promptferry.dead.letters.answered", "Dead letters that were answered FAILED");

  private static final Metric TOKENS =
      Metric.counter(
          "promptferry.tokens",
          "Tokens as the provider counted them, also those of answers that were of no use;"
              + " thinking is billed as output, and cached tokens are among those of the prompts",
          MODEL,
          Label.of("kind", "prompt", "output", "thinking", "cached"));

  private static final Metric COST =
      Metric.counter(
              "promptferry.cost",
              "What the tokens cost in US dollars by published prices: in batches, and what they"
                  + " would have cost one by one. Without models that have no published price",
              MODEL,
              Label.of("price", "batch", "interactive"))
          .in(Metric.DOLLARS);

  private static final Metric LINES =
      Metric.counter(
          "promptferry.results.lines",
          "Lines of result files; missing: prompts without a line",
          Label.of(
              "kind", "good", "doubled", "unknown", "garbled", "too_long", "truncated", "missing"));

  private static final Metric OVERFLOWS =
      Metric.counter(
          "promptferry.response.overflows",
          "Responses that are not on the topic that they were meant for",
          Label.of("reason", Overflow.values()));

  /**
   * What a worker holds.
   *
   * @param prompts of the batches that are being collected
   * @param oldest when the first of these was opened; {@link Instant#MAX} where there is none
   */
  record Load(long prompts, Instant oldest) {}

  private final MeterRegistry registry;
  private final Counter succeeded;
  private final Counter failed;
  private final Counter deadLetters;
  private final Counter vanished;
  private final Counter read;
  private final Counter used;
  private final CappedLabel models = new CappedLabel(MOST_MODELS);
  private final Map<Integer, Load> loads = new ConcurrentHashMap<>();

  CollectMetrics(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.succeeded = RESPONSES.counterIn(registry, "SUCCEEDED");
    this.failed = RESPONSES.counterIn(registry, "FAILED");
    this.deadLetters = DEAD_LETTERS.counterIn(registry);
    this.vanished = SharedMetrics.PROMPTS_VANISHED.counterIn(registry, "collect");
    this.read = SharedMetrics.RECORDS_READ.counterIn(registry, "collect");
    this.used = SharedMetrics.RECORDS_USED.counterIn(registry, "collect");
    for (Overflow why : Overflow.values()) { // An alarm needs the zero before the one.
      OVERFLOWS.counterIn(registry, why.name());
    }
    Stage.COLLECTING.waiting(
        registry, loads, all -> all.values().stream().mapToLong(Load::prompts).sum());
    Stage.COLLECTING.oldest(registry, loads, all -> age(all, clock.instant()));
  }

  private static double age(Map<Integer, Load> all, Instant now) {
    return all.values().stream()
        .map(Load::oldest)
        .filter(oldest -> oldest.isBefore(now))
        .mapToDouble(oldest -> Duration.between(oldest, now).toSeconds())
        .max()
        .orElse(0);
  }

  /** Counts a batch when it is settled, by its last receipt. */
  void collected(Receipt receipt) {
    Totals totals = receipt.getTotals();
    succeeded.increment((double) totals.getSucceeded());
    failed.increment((double) totals.getFailed());
    vanished.increment((double) totals.getVanished());
    totals.getFailures().forEach((reason, count) -> count(FAILURES, count, reason));
    totals.getRetries().forEach((reason, count) -> count(RETRIES, count, reason));
    String model = models.of(receipt.getModel());
    count(TOKENS, totals.getPromptTokens(), model, "prompt");
    count(TOKENS, totals.getOutputTokens(), model, "output");
    count(TOKENS, totals.getThinkingTokens(), model, "thinking");
    count(TOKENS, totals.getCachedTokens(), model, "cached");
    Cost cost = receipt.getCost();
    if (cost != null) {
      COST.counterIn(registry, model, "batch").increment(cost.getBatch() * MILLIONTH);
      COST.counterIn(registry, model, "interactive").increment(cost.getInteractive() * MILLIONTH);
    }
  }

  private void count(Metric metric, long amount, String... labels) {
    metric.counterIn(registry, labels).increment((double) amount);
  }

  /**
   * Counts the lines of a result file.
   *
   * @param missing prompts that should have a line and have none
   */
  void lines(ResultFile.Counts counts, long missing) {
    for (LineKind kind : LineKind.values()) {
      count(LINES, counts.of(kind), kind.name().toLowerCase(Locale.ROOT));
    }
    count(LINES, Math.max(0, missing), "missing");
  }

  /** Counts what was read again of the prompts of a batch. */
  void read(long fetched, long handedOut) {
    read.increment((double) fetched);
    used.increment((double) handedOut);
  }

  /** Counts a response that is not on the topic that it was meant for. */
  void overflowed(Overflow why) {
    count(OVERFLOWS, 1, why.name());
  }

  /** Counts answered dead letters. */
  void rejected(int letters) {
    failed.increment(letters);
    deadLetters.increment(letters);
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
