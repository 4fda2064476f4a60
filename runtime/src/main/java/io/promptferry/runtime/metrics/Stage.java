package io.promptferry.runtime.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Where prompts are on their way. Each service tells of the stages that it sees, so that summed
 * over the services they are all prompts that were sliced and are not answered, but those in topics
 * between two stages.
 */
public enum Stage {
  /** In slices that wait for a retry's time or for their lane's window. */
  PARKED,
  /** In open batches. */
  BATCHING,
  /** In closed batches that have no job yet. */
  SUBMITTING,
  /** In jobs that have not ended. */
  RUNNING,
  /** In ended jobs whose answers are being written. */
  COLLECTING;

  private static final Metric PROMPTS_WAITING =
      Metric.gauge(
          "promptferry.prompts.waiting",
          "Prompts that are on their way, by how far they have come: parked for a retry or a"
              + " window, in an open batch, in a closed one without a job, in a running job, in an"
              + " ended one",
          Label.of("stage", "parked", "batching", "submitting", "running", "collecting"));

  private static final Metric OLDEST =
      Metric.gauge(
              "promptferry.prompts.oldest.age",
              "How long ago the oldest batch of that stage was opened for its first prompt, or the"
                  + " oldest slice that is parked came, to the minute; 0 where there is none. The"
                  + " maximum over the stages is the age of the oldest prompt that is not answered;"
                  + " one that was parked, or is tried again, counts from its own batch",
              Label.of("stage", "parked", "batching", "submitting", "running", "collecting"))
          .in(Metric.SECONDS);

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Tells how many prompts are here. */
  public <T> void waiting(MeterRegistry registry, T of, ToDoubleFunction<T> prompts) {
    PROMPTS_WAITING.gaugeIn(registry, of, prompts, label);
  }

  /** Tells the age of the oldest that is here, in seconds. */
  public <T> void oldest(MeterRegistry registry, T of, ToDoubleFunction<T> seconds) {
    OLDEST.gaugeIn(registry, of, seconds, label);
  }
}
