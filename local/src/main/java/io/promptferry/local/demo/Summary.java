package io.promptferry.local.demo;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.demo.AnswerTotals.Sample;
import io.promptferry.local.demo.verdict.Evidence;
import io.promptferry.local.demo.verdict.Fault;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.receipts.SumTable;
import io.promptferry.records.SealReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An outcome in words. */
final class Summary {

  private static final int PROMPT_SHOWN = 96;
  private static final int ANSWER_SHOWN = 192;
  private static final Pattern DIGEST = Pattern.compile("(\\[sha256:[0-9a-f]{8})[0-9a-f]{56}]");

  private Summary() {}

  /**
   * @param whole how long the demo took, the start of the stack included
   */
  static List<String> lines(Outcome outcome, Duration whole) {
    Verdict verdict = outcome.verdict();
    var lines = new ArrayList<String>();
    lines.add(headline(verdict));
    lines.add("");
    lines.add(
        format(
            "  answers   %,d: %,d succeeded, %,d failed, %,d missing, %,d duplicates, %,d misattributed",
            verdict.answers(),
            verdict.succeeded(),
            verdict.count(Fault.FAILED),
            verdict.count(Fault.MISSING),
            verdict.count(Fault.DUPLICATE),
            verdict.count(Fault.MISATTRIBUTED)));
    lines.add(format("  batches   %,d: %s", outcome.progress().sealed(), reasons(outcome)));
    boolean live = verdict.evidence() == Evidence.ANSWERS_ALONE;
    lines.add(
        live
            ? format("  jobs      %,d", outcome.progress().seen())
            : format(
                "  jobs      %,d, %,d requests billed", verdict.jobs(), verdict.billedRequests()));
    lines.add(
        format(
            "  tokens    %,d in, %,d out",
            outcome.answers().promptTokens(), outcome.answers().outputTokens()));
    lines.add("  cost      " + SumTable.cost(outcome.receipts(), Prices.shipped()));
    lines.add(format("  topics    %,d with answers", verdict.responseTopics()));
    lines.add(
        format(
            "  seconds   %.1f, of which %.1f from the first prompt to %s",
            seconds(whole),
            seconds(outcome.travelling()),
            outcome.stalled() ? "the end of waiting" : "the last answer"));
    List<Sample> samples = outcome.answers().samples();
    if (!samples.isEmpty()) {
      lines.add("");
      lines.add(
          live
              ? "Answers beside their prompts (cut short here):"
              : "Answers beside their prompts (the simulator repeats how a prompt begins and adds"
                  + " its digest; cut short here):");
      samples.forEach(sample -> lines.addAll(beside(sample)));
    }
    if (!verdict.passed()) {
      lines.add("");
      lines.add("The first things found wrong:");
      verdict.findings().forEach(finding -> lines.add("  " + finding));
    }
    return List.copyOf(lines);
  }

  private static String headline(Verdict verdict) {
    if (verdict.evidence() == Evidence.ANSWERS_ALONE) {
      return format(
          verdict.passed()
              ? "%,d prompts, each with exactly one answer."
              : "NOT every one of %,d prompts has exactly one answer that succeeded.",
          verdict.prompts());
    }
    return verdict.passed()
        ? format("%,d prompts, each with exactly one right answer and one bill.", verdict.prompts())
        : format(
            "NOT every one of %,d prompts has exactly one right answer and one bill.",
            verdict.prompts());
  }

  private static String reasons(Outcome outcome) {
    return outcome.progress().batches().entrySet().stream()
        .map(reason -> reason.getValue() + " " + why(reason.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String why(SealReason reason) {
    return switch (reason) {
      case REQUESTS -> "full (batch.max.requests)";
      case BYTES -> "full (batch.max.bytes)";
      case TOKENS -> "full (batch.max.tokens)";
      case SPAN_BYTES -> "full (batch.max.span.bytes)";
      case LINGER -> "out of time (batch.linger.ms)";
      case DEADLINE -> "near a deadline";
      case AT_ONCE -> "sealed on request";
      case SCHEDULE -> "on schedule (batch.schedule.cron)";
    };
  }

  private static List<String> beside(Sample sample) {
    return List.of(
        "",
        "  %s, %d, on topic %s"
            .formatted(sample.prompt().key(), sample.prompt().passage().year(), sample.topic()),
        "    prompt  " + shortened(sample.prompt().text(), PROMPT_SHOWN),
        "    answer  " + shortened(sample.text(), ANSWER_SHOWN));
  }

  private static String shortened(String text, int most) {
    String line = DIGEST.matcher(text.replaceAll("\\s+", " ")).replaceAll("$1...]");
    return line.length() <= most ? line : line.substring(0, most - 4) + " ...";
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
