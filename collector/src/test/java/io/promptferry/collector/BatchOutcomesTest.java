package io.promptferry.collector;

import static io.promptferry.collector.Samples.MAX_LINE;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.Skipped;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.spans.LineKeys;
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

      assertThat(text(outcomes.of(0, 4))).isEqualTo("four");
      assertThat(reason(outcomes.of(0, 5))).isEqualTo(ErrorReason.MODEL_ERROR);
      assertThat(outcomes.of(0, 6)).isEqualTo(WHOLE);
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

      assertThat(text(outcomes.of(0, 4))).isEqualTo("prompts");
      assertThat(text(outcomes.of(1, 4))).isEqualTo("other");
      assertThat(text(outcomes.of(2, 7))).isEqualTo("again");
    }
  }

  @Test
  void withoutResultsAllShareTheOutcome() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 5))));

    assertThat(new BatchOutcomes(job, null, WHOLE, MAX_LINE).of(0, 4)).isEqualTo(WHOLE);
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

      assertThat(reason(outcomes.of(0, 4))).isEqualTo(ErrorReason.DEADLINE_PASSED);
      assertThat(message(outcomes.of(0, 4))).contains("DEADLINE_PASSED");
      assertThat(reason(outcomes.of(1, 5))).isEqualTo(ErrorReason.BAD_SCHEMA);
      assertThat(message(outcomes.of(1, 5))).isEqualTo("no schema at all");
      assertThat(reason(outcomes.of(0, 6))).isEqualTo(ErrorReason.NOT_SUBMITTED);
      assertThat(message(outcomes.of(0, 6))).contains("FROM_ANOTHER_VERSION");
      assertThat(text(outcomes.of(1, 4))).as("same offset, other span").isEqualTo("kept");
      assertThat(outcomes.of(0, 5)).isEqualTo(WHOLE);
    }
  }

  @Test
  void aLineBeyondTheLimitIsABadResultThatNamesTheKeyToRaise() throws IOException {
    Job job = submission(List.of(span("prompts", 0, 1, new Run(4, 5))));
    String exact = line("0-4", "x".repeat(MAX_LINE - line("0-4", "").length() + 1));
    String longer = line("0-5", "x".repeat(MAX_LINE - line("0-5", "").length() + 2));
    try (ResultFile results = results(job, exact + longer)) {
      var outcomes = new BatchOutcomes(job, results, WHOLE, MAX_LINE);

      assertThat(outcomes.of(0, 4)).isInstanceOf(Outcome.Answered.class);
      assertThat(reason(outcomes.of(0, 5))).isEqualTo(ErrorReason.BAD_RESULT);
      assertThat(message(outcomes.of(0, 5))).contains("collect.line.max.bytes=" + MAX_LINE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCEEDED, NO_RESULT, no line",
    "PARTIALLY_SUCCEEDED, NO_RESULT, no line",
    "REFUSED, NOT_SUBMITTED, boom",
    "GIVEN_UP, JOB_GIVEN_UP, boom",
    "FAILED, JOB_FAILED, FAILED: boom",
    "EXPIRED, JOB_FAILED, EXPIRED: boom",
    "CANCELLED, JOB_FAILED, CANCELLED: boom",
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

  @Test
  void resultsThatCouldNotBeReadAreToldFromAJobWithoutAny() {
    Job job = submission(List.of());

    assertThat(
            reason(
                CollectWorker.whole(state(job, "SUCCEEDED", "files/out", null), Optional.empty())))
        .isEqualTo(ErrorReason.RESULTS_UNREADABLE);
    assertThat(
            reason(
                CollectWorker.whole(
                    state(job, "SUCCEEDED", "files/out", null), Optional.of(folder))))
        .isEqualTo(ErrorReason.NO_RESULT);
    assertThat(reason(CollectWorker.whole(state(job, "EXPIRED"), Optional.empty())))
        .isEqualTo(ErrorReason.JOB_FAILED);
  }

  private ResultFile results(Job job, String lines) throws IOException {
    Path path = Files.writeString(folder.resolve("results"), lines);
    return ResultFile.open(path, new LineKeys(job.getBatch().getSpans()), MAX_LINE);
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
}
