package io.promptferry.benchmarks;

import java.util.List;
import java.util.Map;

/** Results as text for people. */
final class ResultTable {

  private ResultTable() {}

  static String of(List<Measured> results) {
    var text = new StringBuilder();
    text.append(
        "%n%-32s %8s %12s %12s %9s %9s %9s %9s %7s%n"
            .formatted(
                "load",
                "prompts",
                "values B",
                "own B",
                "own %",
                "broker %",
                "all %",
                "own % st.",
                "read x"));
    for (Measured result : results) {
      text.append(
          "%-32s %,8d %,12d %,12d %9.3f %9.3f %9.3f %9.3f %7.2f%n"
              .formatted(
                  result.title(),
                  result.prompts(),
                  result.valueBytes(),
                  result.own(),
                  result.percentOfValues(result.own()),
                  result.percentOfValues(result.brokers()),
                  result.percentOfValues(result.own() + result.brokers()),
                  result.percentOfStored(result.own()),
                  result.amplification()));
    }
    return text.toString();
  }

  /** The bytes of one load, topic by topic. */
  static String details(Measured result) {
    var text = new StringBuilder();
    text.append(
        "%s: %,d prompts, values %,d B, stored %,d B, %.1f s%n"
            .formatted(
                result.title(),
                result.prompts(),
                result.valueBytes(),
                result.storedBytes(),
                result.seconds()));
    append(text, "slice", result.slice(), result);
    append(text, "assemble", result.assemble(), result);
    return text.toString();
  }

  private static void append(
      StringBuilder text, String stage, Map<String, Long> bytes, Measured result) {
    bytes.forEach(
        (topic, size) ->
            text.append(
                "  %-9s %-48s %,12d B %8.3f %%%n"
                    .formatted(stage, topic, size, result.percentOfValues(size))));
  }
}
