package io.promptferry.local.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.demo.verdict.Evidence;
import io.promptferry.local.demo.verdict.Fault;
import io.promptferry.local.demo.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An outcome for programs: one JSON object of figures. */
final class Report {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Figures that nobody asks for while all is well. */
  private static final List<Fault> FURTHER =
      List.of(Fault.DAMAGED, Fault.OUT_OF_ORDER, Fault.MISBILLED, Fault.VIOLATION, Fault.UNREAD);

  private Report() {}

  static ObjectNode of(Outcome outcome, Duration whole) {
    Verdict verdict = outcome.verdict();
    boolean live = verdict.evidence() == Evidence.ANSWERS_ALONE;
    ObjectNode report =
        JSON.createObjectNode()
            .put("prompts", verdict.prompts())
            .put("answers", verdict.answers())
            .put("succeeded", verdict.succeeded())
            .put("failed", verdict.count(Fault.FAILED))
            .put("missing", verdict.count(Fault.MISSING))
            .put("duplicates", verdict.count(Fault.DUPLICATE))
            .put("misattributed", verdict.count(Fault.MISATTRIBUTED))
            .put("batches", outcome.progress().sealed())
            .put("jobs", live ? outcome.progress().seen() : verdict.jobs())
            .put("billedRequests", verdict.billedRequests())
            .put("responseTopics", verdict.responseTopics())
            .put("seconds", whole.toMillis() / 1000.0);
    if (live) {
      // Nobody but Google knows them; tokens are what its bill goes by.
      report.remove("billedRequests");
      report
          .put("live", true)
          .put("inputTokens", outcome.answers().promptTokens())
          .put("outputTokens", outcome.answers().outputTokens());
    }
    FURTHER.stream()
        .filter(fault -> verdict.count(fault) > 0)
        .forEach(fault -> report.put(fault.figure(), verdict.count(fault)));
    return report;
  }

  /** Whether a report can be written there. */
  static boolean isWritable(Path file) {
    Path parent = file.getParent();
    return Files.exists(file)
        ? Files.isRegularFile(file) && Files.isWritable(file)
        : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
  }

  /**
   * Writes the report in place of what the file held.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  static void write(Path file, ObjectNode report) {
    try {
      Files.writeString(
          file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the report to " + file + ": " + e, e);
    }
  }
}
