package io.promptferry.local.progress;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A line when something has changed, at most one every few seconds, and one at the end. */
final class LineMeter implements Meter {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(3);

  private final PrintStream out;
  private final Clock clock;
  private final String what;
  private final long before;
  private final long all;
  private final Instant start;
  private Instant toldAt;
  private long done;
  private long told;

  LineMeter(PrintStream out, Clock clock, String what, long before, long all) {
    this.out = out;
    this.clock = clock;
    this.what = what;
    this.before = before;
    this.all = all;
    this.start = clock.instant();
    this.toldAt = start;
    this.done = before;
    this.told = before;
  }

  @Override
  public void at(long newDone) {
    done = newDone;
    Instant now = clock.instant();
    if (done != told && !now.isBefore(toldAt.plus(BETWEEN_LINES))) {
      tell(now);
    }
  }

  private void tell(Instant now) {
    out.println(text(now));
    told = done;
    toldAt = now;
  }

  private String text(Instant now) {
    Duration took = Duration.between(start, now);
    double seconds = took.toMillis() / 1000.0;
    double rate = seconds == 0 ? 0 : (done - before) / seconds;
    String of = all < 0 ? "" : String.format(Locale.ROOT, " of %,d", all);
    String remaining =
        Remaining.of(before, done, all, took)
            .map(left -> ", about " + time(left) + " to go")
            .orElse("");
    return String.format(Locale.ROOT, "%,d%s %s, %.1f a second%s", done, of, what, rate, remaining);
  }

  private static String time(Duration exact) {
    var left = Duration.ofSeconds(Math.round(exact.toMillis() / 1000.0));
    return left.toHours() > 0
        ? "%d h %d min".formatted(left.toHours(), left.toMinutesPart())
        : left.toMinutes() > 0
            ? "%d min %d s".formatted(left.toMinutes(), left.toSecondsPart())
            : left.toSeconds() + " s";
  }

  @Override
  public void close() {
    if (done != told) {
      tell(clock.instant());
    }
  }
}
