package io.promptferry.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A state of the pipeline in words: a block for terminals, a line for logs. */
final class ProgressText {

  private static final int BAR = 30;

  private ProgressText() {}

  /** Always the same number of lines, none over 80 columns for counts of up to seven digits. */
  static List<String> block(Progress progress, Duration elapsed, Instant now) {
    return List.of(
        "  published  %s %s"
            .formatted(
                bar(progress.published(), progress.prompts()),
                of(progress.published(), progress.prompts())),
        String.format(
            Locale.ROOT,
            "  batches    %,d sealed, %,d settled",
            progress.sealed(),
            progress.settled()),
        "  jobs       " + cut(jobs(progress)),
        "  answers    %s %s"
            .formatted(
                bar(progress.answers(), progress.prompts()),
                of(progress.answers(), progress.prompts())),
        "  seconds    " + elapsed.toSeconds() + arrival(progress, now));
  }

  static String line(Progress progress, Duration elapsed, Instant now) {
    return "%3d s  published %s, batches sealed %d, jobs %s, answers %s%s"
        .formatted(
            elapsed.toSeconds(),
            of(progress.published(), progress.prompts()),
            progress.sealed(),
            jobs(progress),
            of(progress.answers(), progress.prompts()),
            arrival(progress, now));
  }

  private static String arrival(Progress progress, Instant now) {
    return progress
        .underWay()
        .arrival()
        .map(arrival -> "; jobs under way: " + arrival.text(now))
        .orElse("");
  }

  private static String jobs(Progress progress) {
    if (progress.jobs().isEmpty()) {
      return "none yet";
    }
    return progress.jobs().entrySet().stream()
        .map((Map.Entry<String, Integer> state) -> state.getValue() + " " + state.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String of(long done, long all) {
    return String.format(Locale.ROOT, "%,d of %,d", done, all);
  }

  // ASCII: on a machine with the C locale everything else comes out as question marks.
  private static String bar(long done, long all) {
    int full = all == 0 ? BAR : (int) (BAR * Math.min(done, all) / all);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
  }

  private static String cut(String text) {
    return text.length() <= 66 ? text : text.substring(0, 63) + "...";
  }
}
