package io.promptferry.local.demo;

import io.promptferry.local.jobs.Elapsed;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When the last of the jobs under way is expected to end.
 *
 * @param likely as likely before as after
 * @param latest nine in ten such jobs end before; empty where that is not known of each
 */
record Arrival(Instant likely, Optional<Instant> latest) {

  /**
   * The latest of what is expected; empty where of one job nothing is, since that one may be the
   * last.
   */
  static Optional<Arrival> of(Collection<JobState> underWay) {
    return last(underWay.size(), underWay.stream().map(JobState::getEstimatedEnd))
        .map(
            likely ->
                new Arrival(
                    likely,
                    last(underWay.size(), underWay.stream().map(JobState::getEstimatedLatest))));
  }

  private static Optional<Instant> last(int all, Stream<Instant> times) {
    var known = times.flatMap(Stream::ofNullable).toList();
    return known.size() < all ? Optional.empty() : known.stream().max(Comparator.naturalOrder());
  }

  /** How long that is from now, in words. */
  String text(Instant now) {
    Optional<String> bound =
        latest
            .filter(now::isBefore)
            .map(at -> "likely under " + upwards(Duration.between(now, at)));
    if (!likely.isAfter(now)) {
      return bound.map(text -> text + " left").orElse("taking longer than usual");
    }
    return "about "
        + Elapsed.text(Duration.between(now, likely))
        + " left"
        + bound.map(text -> ", " + text).orElse("");
  }

  /** Elapsed cuts, and a bound that is cut does not hold. */
  private static String upwards(Duration duration) {
    return Elapsed.text(duration.plusSeconds(duration.toSeconds() < 60 ? 1 : 59));
  }
}
