package io.promptferry.batcher.slice;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.schemas.ErrorReason;

/** What the slicer counts. */
final class SliceMetrics {

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
    this.sliced = counter("promptferry.prompts.sliced", "Prompts that were taken into a slice");
    this.repeated =
        counter(
            "promptferry.prompts.repeated",
            "Prompts that were dropped since their id was seen within dedup.window.ms");
    this.forgotten =
        counter(
            "promptferry.dedup.ids.forgotten",
            "Ids that were forgotten before dedup.window.ms was over, to keep to dedup.max.ids");
    this.lost =
        counter(
            "promptferry.prompts.lost",
            "Offsets of prompts that retention deleted before they were sliced");
    this.slices = counter("promptferry.slices.written", "Slices that were committed");
    this.deadLetters =
        counter("promptferry.dead.letters.written", "Dead letters that were committed");
    this.commits = counter("promptferry.slice.commits", "Transactions of the slicer");
    this.runs =
        DistributionSummary.builder("promptferry.slice.runs")
            .description(
                "Runs of neighbouring prompts in a slice: one where prompts of a lane come together,"
                    + " many where lanes are interleaved")
            .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  void accepted() {
    sliced.increment();
  }

  void rejected(ErrorReason reason) {
    Counter.builder("promptferry.prompts.rejected")
        .description("Prompts that were set aside as dead letters, by reason")
        .tag("reason", reason.name())
        .register(registry)
        .increment();
  }

  void repeated() {
    repeated.increment();
  }

  void forgotten() {
    forgotten.increment();
  }

  void lost(long offsets) {
    lost.increment((double) offsets);
  }

  void slice(int spanRuns) {
    slices.increment();
    runs.record(spanRuns);
  }

  void committed(int letters) {
    deadLetters.increment(letters);
    commits.increment();
  }
}
