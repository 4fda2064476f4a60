package io.promptferry.collector;

import static io.promptferry.collector.Samples.MAX_LINE;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.Expectation;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.Skipped;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.spans.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchOutcomesTest {

  private static final Outcome WHOLE = new Outcome.Failed(ErrorReason.JOB_FAILED, 13, "whole");
  private static final String ANSWER =
      "\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"%s\"}]}}]}";

  @TempDir private Path folder;

  @Test
  void aLineSaysWhatBecameOfItsPrompt() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 6))));
    String lines = line("0-4", "four") + "{\"key\":\"0-5\",\"error\":{\"code\":3}}\n";
    try (ResultFile results = results(job, lines)) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);

      assertThat(text(of(outcomes, 0, 4))).isEqualTo("four");
      assertThat(reason(of(outcomes, 0, 5))).isEqualTo(ErrorReason.REQUEST_REFUSED);
      assertThat(of(outcomes, 0, 6)).isEqualTo(WHOLE);
    }
  }

  @Test
  void spansOfSeveralTopicsHaveTheirOwnLines() throws IOException {
    Job job =
        submission(
            List.of(
                span("prompts", 0, 1, new Run(4, 4)),
                span("other", 0, 1, new Run(4, 4)),
                span("prompts", 0, 2, new Run(7, 7))));
    String lines = line("1-0-4", "other") + line("0-0-4", "prompts") + line("0-0-7", "again");
    try (ResultFile results = results(job, lines)) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);

      assertThat(text(of(outcomes, 0, 4))).isEqualTo("prompts");
      assertThat(text(of(outcomes, 1, 4))).isEqualTo("other");
      assertThat(text(of(outcomes, 2, 7))).isEqualTo("again");
    }
  }

  @Test
  void withoutResultsAllShareTheOutcome() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 5))));

    assertThat(of(new BatchOutcomes(job, null, WHOLE, MAX_LINE), 0, 4)).isEqualTo(WHOLE);
  }

  @Test
  void aSkippedPromptIsAnsweredWithItsReason() throws IOException {
    Job job =
        submission(
            List.of(span("prompts", 0, 1, new Run(4, 8)), span("prompts", 1, 1, new Run(4, 8))),
            new Skipped(0, 4L, "DEADLINE_PASSED", ""),
            new Skipped(1, 5L, "BAD_SCHEMA", "no schema at all"),
            new Skipped(0, 6L, "FROM_ANOTHER_VERSION", ""));
    try (ResultFile results = results(job, line("0-4", "late") + line("1-4", "kept"))) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);

      assertThat(reason(of(outcomes, 0, 4))).isEqualTo(ErrorReason.DEADLINE_PASSED);
      assertThat(message(of(outcomes, 0, 4))).contains("DEADLINE_PASSED");
      assertThat(reason(of(outcomes, 1, 5))).isEqualTo(ErrorReason.BAD_SCHEMA);
      assertThat(message(of(outcomes, 1, 5))).isEqualTo("no schema at all");
      assertThat(reason(of(outcomes, 0, 6))).isEqualTo(ErrorReason.NOT_SUBMITTED);
      assertThat(message(of(outcomes, 0, 6))).contains("FROM_ANOTHER_VERSION");
      assertThat(text(of(outcomes, 1, 4))).as("same offset, other span").isEqualTo("kept");
      assertThat(of(outcomes, 0, 5)).isEqualTo(WHOLE);
    }
  }

  @Test
  void aLineBeyondTheLimitIsAFailureThatNamesTheKeyToRaise() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 5))));
    String exact = line("0-4", "x".repeat(MAX_LINE - line("0-4", "").length() + 1));
    String longer = line("0-5", "x".repeat(MAX_LINE - line("0-5", "").length() + 2));
    try (ResultFile results = results(job, exact + longer)) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);

      assertThat(of(outcomes, 0, 4)).isInstanceOf(Outcome.Answered.class);
      assertThat(reason(of(outcomes, 0, 5))).isEqualTo(ErrorReason.LINE_TOO_LARGE);
      assertThat(message(of(outcomes, 0, 5))).contains("collect.line.max.bytes=" + MAX_LINE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCEEDED, NO_RESULT, no line",
    "PARTIALLY_SUCCEEDED, NO_RESULT, boom",
    "REFUSED, NOT_SUBMITTED, boom",
    "GIVEN_UP, JOB_GIVEN_UP, boom",
    "FAILED, JOB_FAILED, FAILED: boom",
    "EXPIRED, JOB_EXPIRED, EXPIRED: boom",
    "CANCELLED, JOB_CANCELLED, CANCELLED: boom",
    "LOST, JOB_LOST, LOST: boom",
    "MELTED, JOB_FAILED, MELTED: boom",
  })
  void aPromptWithoutALineFailedAsItsJobEnded(String state, ErrorReason reason, String message) {
    Outcome outcome =
        BatchOutcomes.withoutLine(
            state(submission(List.of()), state, null, new JobError(13, "boom")));

    assertThat(reason(outcome)).isEqualTo(reason);
    assertThat(message(outcome)).contains(message);
    assertThat(((Outcome.Failed) outcome).code()).isEqualTo(13);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUCCEEDED", "REFUSED", "GIVEN_UP", "EXPIRED"})
  void aJobMayEndWithoutAnError(String state) {
    Outcome.Failed bare = failed(BatchOutcomes.withoutLine(state(submission(List.of()), state)));
    assertThat(bare.code()).isNull();
    assertThat(bare.message()).doesNotContain("null").doesNotEndWith(": ");

    JobError silent = new JobError(null, "");
    assertThat(BatchOutcomes.withoutLine(state(submission(List.of()), state, null, silent)))
        .isEqualTo(bare);
  }

  @ParameterizedTest
  @CsvSource({
    "3, JOB_INVALID",
    "400, JOB_INVALID",
    "13, JOB_FAILED",
    "8, JOB_FAILED",
    ", JOB_FAILED"
  })
  void aJobThatFailedOverItsFileIsToldFromOneThatFailed(
      @Nullable Integer code, ErrorReason reason) {
    JobError error = new JobError(code, "Error on line 3");

    assertThat(
            reason(BatchOutcomes.withoutLine(state(submission(List.of()), "FAILED", null, error))))
        .isEqualTo(reason);
  }

  @Test
  void theTableOfJobsIsTrue() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/responses.md")).stream()
            .dropWhile(line -> !line.startsWith("| the job ended"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(5);
    for (String row : rows) {
      String[] words = row.split("`", -1);
      boolean named = words.length == 5;
      JobError error = new JobError(row.contains("code 3") ? 3 : 13, "");
      JobState state = state(submission(List.of()), named ? words[1] : "MELTED", null, error);
      assertThat(reason(BatchOutcomes.withoutLine(state)))
          .as(row)
          .hasToString(words[words.length - 2]);
    }
  }

  @Test
  void anAnswerIsHeldToWhatItsPromptAskedFor() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 4))));
    try (ResultFile results = results(job, line("0-4", "four"))) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);
      Expectation none =
          text -> Optional.of(new Expectation.Misfit(ErrorReason.ANSWER_MISFIT, "not " + text));

      assertThat(message(outcomes.of(0, 4, none))).isEqualTo("not four");
      assertThat(text(of(outcomes, 0, 4))).isEqualTo("four");
    }
  }

  @Test
  void resultsThatCouldNotBeReadAreToldFromAJobWithoutAny() {
    Job job = submission(List.of());

    assertThat(
            reason(
                CollectMeans.whole(
                    state(job, "SUCCEEDED", "files/out", null), Optional.empty(), "raise it")))
        .isEqualTo(ErrorReason.RESULTS_UNREADABLE);
    assertThat(
            message(
                CollectMeans.whole(
                    state(job, "SUCCEEDED", "files/out", null), Optional.empty(), "raise it")))
        .endsWith("collect.give.up.after.ms: raise it");
    assertThat(
            reason(
                CollectMeans.whole(
                    state(job, "SUCCEEDED", "files/out", null), Optional.of(folder), "")))
        .isEqualTo(ErrorReason.NO_RESULT);
    assertThat(reason(CollectMeans.whole(state(job, "EXPIRED"), Optional.empty(), "")))
        .isEqualTo(ErrorReason.JOB_EXPIRED);
  }

  /** By itself Jackson takes no string of more than twenty million characters. */
  @Test
  void aLineWithinTheLimitIsReadHoweverLongItsParts() throws IOException {
    int limit = 30_000_000;
    String answer = "x".repeat(21_000_000);
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 4))));
    Path path = Files.writeString(folder.resolve("results"), line("0-4", answer));
    try (ResultFile results = ResultFile.open(path, job.getBatch().getSpans(), limit)) {
      assertThat(text(new BatchOutcomes(job, results, WHOLE, limit).of(0, 4, Expectation.NONE)))
          .isEqualTo(answer);
    }
  }

  private ResultFile results(Job job, String lines) throws IOException {
    Path path = Files.writeString(folder.resolve("results"), lines);
    return ResultFile.open(path, job.getBatch().getSpans(), MAX_LINE);
  }

  private static String line(String key, String text) {
    return "{\"key\":\"" + key + "\"," + ANSWER.formatted(text) + "}\n";
  }

  private static @Nullable String text(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Answered.class);
    return ((Outcome.Answered) outcome).text();
  }

  private static ErrorReason reason(Outcome outcome) {
    return failed(outcome).reason();
  }

  private static String message(Outcome outcome) {
    return failed(outcome).message();
  }

  private static Outcome.Failed failed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return (Outcome.Failed) outcome;
  }

  private static Outcome of(BatchOutcomes outcomes, int span, long offset) throws IOException {
    Optional<Outcome> skipped = outcomes.skipped(span, offset);
    return skipped.isPresent() ? skipped.get() : outcomes.of(span, offset, Expectation.NONE);
  }
}
