package io.promptferry.local.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress: redrawn in place on a terminal; elsewhere a line when something has changed, at
 * most one a second.
 */
final class LiveView {

  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_LINE = "\r\u001b[2K";
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

  private final PrintWriter out;
  private final boolean terminal;
  private List<String> drawn = List.of();
  private @Nullable Progress told;
  private Duration toldAt = Duration.ZERO;

  LiveView(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * @param elapsed since the beginning of what is shown
   * @param now what estimates are counted from
   */
  void show(Progress progress, Duration elapsed, Instant now) {
    if (terminal) {
      redraw(ProgressText.block(progress, elapsed, now));
    } else if (told == null || elapsed.minus(toldAt).compareTo(BETWEEN_LINES) >= 0) {
      tell(progress, elapsed, now);
    }
  }

  /** Shows the last state, however little time has passed since the one before. */
  void finish(Progress progress, Duration elapsed, Instant now) {
    if (terminal) {
      redraw(ProgressText.block(progress, elapsed, now));
    } else {
      tell(progress, elapsed, now);
    }
  }

  private void tell(Progress progress, Duration elapsed, Instant now) {
    if (!progress.equals(told)) {
      out.println(ProgressText.line(progress, elapsed, now));
      out.flush();
      told = progress;
      toldAt = elapsed;
    }
  }

  private void redraw(List<String> lines) {
    if (lines.equals(drawn)) {
      return;
    }
    if (!drawn.isEmpty()) {
      out.print(UP.formatted(drawn.size()));
    }
    lines.forEach(line -> out.println(CLEAR_LINE + line));
    out.flush();
    drawn = lines;
  }
}
