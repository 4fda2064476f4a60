package io.promptferry.poller;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The open jobs in figures.
 *
 * @param prompts in the batches of these jobs
 * @param oldestPromptSeconds how long ago the oldest of the batches was opened
 */
record Watched(
    int open,
    Map<String, Integer> byState,
    long stuck,
    long invisible,
    double oldestSeconds,
    double pastEstimateSeconds,
    long prompts,
    double oldestPromptSeconds) {

  static final Watched NOTHING = new Watched(0, Map.of(), 0, 0, 0, 0, 0, 0);

  /** Of a job that no answer has told anything of. */
  private static final String UNSEEN = "UNSEEN";

  /**
   * The figures of now.
   *
   * @param states bounds the states that are told apart
   */
  static Watched of(Collection<WatchedJob> open, Instant now, UnaryOperator<String> states) {
    var byState = new TreeMap<String, Integer>();
    for (WatchedJob job : open) {
      var last = job.last();
      byState.merge(last == null ? UNSEEN : states.apply(last.getState()), 1, Integer::sum);
    }
    return new Watched(
        open.size(),
        byState,
        open.stream().filter(WatchedJob::isStuck).count(),
        open.stream().filter(job -> job.absence() != null).count(),
        longestSince(open, job -> job.submission().getAt(), now),
        longestSince(open, WatchedJob::expectedEnd, now),
        open.stream().mapToLong(job -> job.submission().getBatch().getCount()).sum(),
        longestSince(open, job -> job.submission().getBatch().getOpenedAt(), now));
  }

  private static double longestSince(
      Collection<WatchedJob> open, Function<WatchedJob, @Nullable Instant> then, Instant now) {
    return open.stream()
        .map(then)
        .filter(Objects::nonNull)
        .mapToDouble(moment -> Math.max(0, Duration.between(moment, now).toMillis() / 1000.0))
        .max()
        .orElse(0);
  }
}
