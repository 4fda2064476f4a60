package io.promptferry.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The open jobs in figures. */
record Watched(
    int open,
    Map<String, Integer> byState,
    long stuck,
    long invisible,
    double oldestSeconds,
    double pastEstimateSeconds) {

  static final Watched NOTHING = new Watched(0, Map.of(), 0, 0, 0, 0);

  /** Of a job that no answer has told anything of. */
  private static final String UNSEEN = "UNSEEN";

  static Watched of(Collection<WatchedJob> open, Instant now) {
    var byState = new TreeMap<String, Integer>();
    for (WatchedJob job : open) {
      var last = job.last();
      byState.merge(last == null ? UNSEEN : last.getState(), 1, Integer::sum);
    }
    return new Watched(
        open.size(),
        byState,
        open.stream().filter(WatchedJob::isStuck).count(),
        open.stream().filter(job -> job.absence() != null).count(),
        open.stream()
            .mapToDouble(job -> secondsSince(job.submission().getAt(), now))
            .max()
            .orElse(0),
        open.stream()
            .map(WatchedJob::expectedEnd)
            .filter(Objects::nonNull)
            .mapToDouble(end -> secondsSince(end, now))
            .max()
            .orElse(0));
  }

  private static double secondsSince(Instant then, Instant now) {
    return Math.max(0, Duration.between(then, now).toMillis() / 1000.0);
  }
}
