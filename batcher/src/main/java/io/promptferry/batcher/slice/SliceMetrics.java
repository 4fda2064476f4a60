package io.promptferry.batcher.slice;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.records.Span;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.spans.Runs;

/** What the slicer counts. */
final class SliceMetrics {

  private static final Metric SLICED =
      Metric.counter("promptferry.prompts.sliced", "Prompts that were taken into a slice");

  private static final Metric REPEATED =
      Metric.counter(
          "promptferry.prompts.repeated",
          "Prompts that were dropped since one with their id was accepted within dedup.window.ms");

  private static final Metric FORGOTTEN =
      Metric.counter(
          "promptferry.dedup.ids.forgotten",
          "Ids that were forgotten before dedup.window.ms was over, to keep to dedup.max.ids");

  private static final Metric LOST =
      Metric.counter(
          "promptferry.prompts.lost",
          "Offsets of prompts that retention deleted before they were sliced");

  private static final Metric REJECTED =
      Metric.counter(
          "promptferry.prompts.rejected",
          "Prompts that were set aside as dead letters, by reason; docs/reasons.md has them all",
          Label.of("reason", "the reasons that the slicer finds"));

  private static final Metric SLICES =
      Metric.counter("promptferry.slices.written", "Slices that were committed");

  private static final Metric DEAD_LETTERS =
      Metric.counter("promptferry.dead.letters.written", "Dead letters that were committed");

  private static final Metric COMMITS =
      Metric.counter("promptferry.slice.commits", "Transactions of the slicer");

  private static final Metric RUNS =
      Metric.summary(
          "promptferry.slice.runs",
          "Runs of neighbouring prompts in a slice: one where prompts of a lane come together,"
              + " many where lanes are interleaved");

  private final MeterRegistry registry;
  private final Counter sliced;
  private final Counter repeated;
  private final Counter forgotten;
  private final Counter lost;
  private final Counter slices;
  private final Counter deadLetters;
  private final Counter commits;
  private final DistributionSummary runs;

  SliceMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.sliced = SLICED.counterIn(registry);
    this.repeated = REPEATED.counterIn(registry);
    this.forgotten = FORGOTTEN.counterIn(registry);
    this.lost = LOST.counterIn(registry);
    this.slices = SLICES.counterIn(registry);
    this.deadLetters = DEAD_LETTERS.counterIn(registry);
    this.commits = COMMITS.counterIn(registry);
    this.runs = RUNS.summaryIn(registry);
  }

  void rejected(ErrorReason reason) {
    REJECTED.counterIn(registry, reason.name()).increment();
    deadLetters.increment();
  }

  void repeated(int prompts) {
    repeated.increment(prompts);
  }

  void forgotten(int ids) {
    forgotten.increment(ids);
  }

  void lost(long offsets) {
    lost.increment((double) offsets);
  }

  void slice(Span span) {
    sliced.increment(span.getCount());
    slices.increment();
    runs.record(Runs.decode(span.getRuns()).size());
  }

  void committed() {
    commits.increment();
  }
}
