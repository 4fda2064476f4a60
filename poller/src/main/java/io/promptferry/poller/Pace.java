package io.promptferry.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a job is asked for again. Up to a fifth is left out at random, so that
 * jobs that were made together, and pollers that started together, do not all ask at once.
 *
 * <p>Where one call tells of many jobs, the wait is shorter by the square root of their number: so
 * the calls saved are partly spent on earlier news.
 */
final class Pace {

  /** Late news stays small beside the time that a job took. */
  private static final int AGE_PARTS = 20;

  /** Halves the distance to the end, and halves it again, in some three looks each. */
  private static final int DISTANCE_PARTS = 4;

  private static final double JITTER = 0.2;

  private final PollSettings settings;
  private final DoubleSupplier random;

  /**
   * For all jobs.
   *
   * @param random from 0.0 to 1.0
   */
  Pace(PollSettings settings, DoubleSupplier random) {
    this.settings = settings;
    this.random = random;
  }

  /**
   * A quarter of the time to the expected end; past that, a quarter of the time since, but no more
   * than a twentieth of the job's age; and that where no end is expected. Within the bounds.
   *
   * @param company how many jobs the last call told of
   */
  Duration next(Instant begun, @Nullable Instant end, int company, Instant now) {
    Duration byAge = Duration.between(begun, now).dividedBy(AGE_PARTS);
    if (end == null) {
      return bounded(byAge, company);
    }
    Duration byDistance = Duration.between(now, end).abs().dividedBy(DISTANCE_PARTS);
    return bounded(now.isBefore(end) ? byDistance : min(byDistance, byAge), company);
  }

  private Duration bounded(Duration wanted, int company) {
    long alone = min(wanted, settings.longest()).toMillis();
    double millis = Math.max(alone / Math.sqrt(company), (double) settings.first().toMillis());
    return Duration.ofMillis((long) (millis * (1 - JITTER * random.getAsDouble())));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
