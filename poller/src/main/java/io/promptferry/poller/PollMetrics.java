package io.promptferry.poller;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Timer;
import io.promptferry.records.JobState;
import io.promptferry.runtime.metrics.CappedLabel;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.runtime.metrics.SharedMetrics;
import io.promptferry.runtime.metrics.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** What the poller counts. */
final class PollMetrics {

  /** The provider may make up any; more than it is known to have. */
  private static final int MOST_STATES = 30;

  private static final Metric WATCHED =
      Metric.gauge(
          "promptferry.jobs.watched",
          "Jobs that have not ended, by state as the provider told it last",
          Label.of(
              "state", "QUEUED", "PENDING", "RUNNING", "others that the provider has", "UNSEEN"));

  private static final Metric OPEN =
      Metric.gauge("promptferry.jobs.open", "Jobs that have not ended");

  private static final Metric STUCK =
      Metric.gauge(
          "promptferry.jobs.stuck",
          "Jobs that have not changed for longer than poll.stuck.after.ms, and twice the usual"
              + " time");

  private static final Metric INVISIBLE =
      Metric.gauge(
          "promptferry.jobs.invisible",
          "Jobs that the provider answers 404 for: gone, or of another project than the key");

  private static final Metric OLDEST =
      Metric.gauge("promptferry.jobs.oldest.age", "Age of the oldest job that has not ended")
          .in(Metric.SECONDS);

  private static final Metric PAST_ESTIMATE =
      Metric.gauge(
              "promptferry.jobs.past.estimate",
              "How far the latest of the jobs is past its estimated end")
          .in(Metric.SECONDS);

  private static final Metric DETECTION =
      Metric.timer(
          "promptferry.jobs.detection",
          "Time from the end of a job, by the provider's clock, to its detection");

  private static final Metric ENDED =
      Metric.counter(
          "promptferry.jobs.ended",
          "Jobs whose last state was written, by that state",
          Label.of(
              "state",
              "SUCCEEDED",
              "PARTIALLY_SUCCEEDED",
              "FAILED",
              "CANCELLED",
              "EXPIRED",
              Observation.REFUSED,
              Observation.GIVEN_UP,
              Observation.LOST));

  private static final Metric CALLS =
      Metric.counter(
          "promptferry.provider.calls",
          "Calls of the poller to the provider",
          Label.of("call", "get", "list", "cancel"));

  private final MeterRegistry registry;
  private final MultiGauge byState;
  private final Timer detection;
  private final CappedLabel states = new CappedLabel(MOST_STATES);
  private volatile Watched watched = Watched.NOTHING;

  PollMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.byState = WATCHED.gaugesIn(registry);
    this.detection = DETECTION.timerIn(registry);
    gauge(OPEN, Watched::open);
    gauge(STUCK, Watched::stuck);
    gauge(INVISIBLE, Watched::invisible);
    gauge(OLDEST, Watched::oldestSeconds);
    gauge(PAST_ESTIMATE, Watched::pastEstimateSeconds);
    Stage.RUNNING.waiting(registry, this, metrics -> metrics.watched.prompts());
    Stage.RUNNING.oldest(registry, this, metrics -> metrics.watched.oldestPromptSeconds());
  }

  private void gauge(Metric metric, ToDoubleFunction<Watched> value) {
    metric.gaugeIn(registry, this, metrics -> value.applyAsDouble(metrics.watched));
  }

  /** The open jobs as they are now. */
  void watching(Collection<WatchedJob> open, Instant now) {
    Watched before = watched;
    watched = Watched.of(open, now, states::of);
    if (!before.byState().equals(watched.byState())) {
      byState.register(
          watched.byState().entrySet().stream()
              .<MultiGauge.Row<?>>map(state -> WATCHED.row(state.getValue(), state.getKey()))
              .toList(),
          true);
    }
  }

  void ended(JobState state) {
    ENDED.counterIn(registry, states.of(state.getState())).increment();
    Instant at = state.getEndedAt();
    if (at != null && !Observation.OURS.contains(state.getState())) {
      detection.record(Duration.between(at, state.getObservedAt())); // Negative ones are dropped.
    }
  }

  void called(String call) {
    CALLS.counterIn(registry, call).increment();
  }

  void refused(String call, String kind) {
    SharedMetrics.PROVIDER_REFUSALS.counterIn(registry, call, kind).increment();
  }
}
