package io.promptferry.poller;

import io.promptferry.gemini.Stats;
import io.promptferry.poller.Durations.Usual;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a job is expected to end.
 *
 * <p>What jobs of its kind took, and what the job's own progress promises (time spent, divided by
 * the share done), are averaged with the share done as the weight: the further a job is, the more
 * it tells of itself. That comes to <i>time spent + share to do × usual time</i>. Before the first
 * answer only the usual time counts, since jobs queue for hours and then show none; without a usual
 * time only the progress does.
 *
 * @param end as likely too early as too late; null for no forecast
 * @param latest nine in ten end before; null without a usual time
 */
record Forecast(@Nullable Instant end, @Nullable Instant latest) {

  static Forecast of(Instant begun, @Nullable Stats stats, @Nullable Usual usual, Instant now) {
    double share = shareDone(stats);
    Duration spent = Duration.between(begun, now);
    if (usual != null) {
      return share == 0
          ? new Forecast(begun.plus(usual.median()), begun.plus(usual.ninety()))
          : new Forecast(
              now.plus(times(usual.median(), 1 - share)),
              now.plus(times(usual.ninety(), 1 - share)));
    }
    return new Forecast(share == 0 ? null : now.plus(times(spent, (1 - share) / share)), null);
  }

  private static double shareDone(@Nullable Stats stats) {
    long done = stats == null ? 0 : stats.succeeded() + stats.failed();
    return stats == null || done <= 0 || stats.requests() < done
        ? 0
        : done / (double) stats.requests();
  }

  private static Duration times(Duration duration, double factor) {
    return Duration.ofMillis(Math.round(duration.toMillis() * factor));
  }
}
