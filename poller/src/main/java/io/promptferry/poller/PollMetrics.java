package io.promptferry.poller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the poller counts. */
final class PollMetrics {

  private final MeterRegistry registry;
  private final MultiGauge byState;
  private final Timer detection;
  private volatile Watched watched = Watched.NOTHING;

  PollMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.byState =
        MultiGauge.builder("promptferry.jobs.watched")
            .description("Jobs that have not ended, by state as the provider told it last")
            .register(registry);
    this.detection =
        Timer.builder("promptferry.jobs.detection")
            .description("Time from the end of a job, by the provider's clock, to its detection")
            .register(registry);
    gauge("promptferry.jobs.open", "Jobs that have not ended", null, Watched::open);
    gauge(
        "promptferry.jobs.stuck",
        "Jobs that have not changed for longer than poll.stuck.after.ms, and twice the usual time",
        null,
        Watched::stuck);
    gauge(
        "promptferry.jobs.invisible",
        "Jobs that the provider answers 404 for: gone, or of another project than the key",
        null,
        Watched::invisible);
    gauge(
        "promptferry.jobs.oldest.age",
        "Age of the oldest job that has not ended",
        "seconds",
        Watched::oldestSeconds);
    gauge(
        "promptferry.jobs.past.estimate",
        "How far the latest of the jobs is past its estimated end",
        "seconds",
        Watched::pastEstimateSeconds);
  }

  private void gauge(
      String name, String description, @Nullable String unit, ToDoubleFunction<Watched> value) {
    Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.watched))
        .description(description)
        .baseUnit(unit)
        .register(registry);
  }

  /** The open jobs as they are now. */
  void watching(Collection<WatchedJob> open, Instant now) {
    Watched before = watched;
    watched = Watched.of(open, now);
    if (!before.byState().equals(watched.byState())) {
      byState.register(
          watched.byState().entrySet().stream()
              .map(state -> MultiGauge.Row.of(Tags.of("state", state.getKey()), state.getValue()))
              .toList(),
          true);
    }
  }

  void ended(JobState state) {
    Counter.builder("promptferry.jobs.ended")
        .description("Jobs whose last state was written, by that state")
        .tag("state", state.getState())
        .register(registry)
        .increment();
    Instant at = state.getEndedAt();
    if (at != null && !Observation.OURS.contains(state.getState())) {
      detection.record(Duration.between(at, state.getObservedAt())); // Negative ones are dropped.
    }
  }

  void called(String call) {
    Counter.builder("promptferry.provider.calls")
        .description("Calls of the poller to the provider")
        .tag("call", call)
        .register(registry)
        .increment();
  }

  void refused(String call, String kind) {
    // Without a description, as the batcher has it: one name, one description.
    registry.counter("promptferry.provider.refusals", "call", call, "kind", kind).increment();
  }
}
