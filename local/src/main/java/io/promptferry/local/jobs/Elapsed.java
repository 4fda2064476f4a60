package io.promptferry.local.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Durations as people say them: the two largest units, cut and not rounded. */
public final class Elapsed {

  private Elapsed() {}

  /** 42s, 12m, 3h05m, 2d04h; what is negative, as clocks differ, is 0s. */
  public static String text(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    } else if (seconds < 3600) {
      return seconds / 60 + "m";
    } else if (seconds < 86_400) {
      return "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60);
    }
    return "%dd%02dh".formatted(seconds / 86_400, seconds / 3600 % 24);
  }

  /** From then to now. */
  public static String since(Instant then, Instant now) {
    return text(Duration.between(then, now));
  }

  /** An estimate of the end as seen now: {@code in 4m}, {@code overdue 2m}, {@code -} for none. */
  static String until(Optional<Instant> end, Instant now) {
    return end.map(
            time ->
                time.isBefore(now)
                    ? "overdue " + text(Duration.between(time, now))
                    : "in " + text(Duration.between(now, time)))
        .orElse("-");
  }
}
