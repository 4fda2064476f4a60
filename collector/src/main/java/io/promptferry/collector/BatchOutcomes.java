package io.promptferry.collector;

import io.promptferry.collector.result.Classifier;
import io.promptferry.collector.result.Expectation;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.collector.result.RpcCode;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.Skipped;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.spans.LineKeys;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of each prompt of a batch whose job has ended. */
final class BatchOutcomes {

  private record At(int span, long offset) {}

  private final LineKeys keys;
  private final @Nullable ResultFile results;
  private final Outcome whole;
  private final int maxLine;
  private final Map<At, Skipped> skipped = new HashMap<>();

  /**
   * For one batch.
   *
   * @param results null where the job left none
   * @param whole the outcome of prompts that no line stands for
   */
  BatchOutcomes(Job submission, @Nullable ResultFile results, Outcome whole, int maxLine) {
    this.keys = new LineKeys(submission.getBatch().getSpans());
    this.results = results;
    this.whole = whole;
    this.maxLine = maxLine;
    submission
        .getSkipped()
        .forEach(skip -> skipped.put(new At(skip.getSpan(), skip.getOffset()), skip));
  }

  /** What a prompt that was left out of the file is answered with. */
  Optional<Outcome> skipped(int span, long offset) {
    return Optional.ofNullable(skipped.get(new At(span, offset))).map(BatchOutcomes::skipped);
  }

  /** What became of a prompt that was in the file. */
  Outcome of(int span, long offset, Expectation expectation) throws IOException {
    Optional<byte[]> line =
        results == null ? Optional.empty() : results.line(keys.place(span, offset));
    if (line.isEmpty()) {
      return whole;
    }
    if (line.get().length > maxLine) {
      return new Outcome.Failed(
          ErrorReason.LINE_TOO_LARGE,
          null,
          "the result line is longer than " + CollectSettings.MAX_LINE + "=" + maxLine);
    }
    return Classifier.classify(line.get(), expectation);
  }

  /** The outcome of prompts without a line, by how their job ended. */
  static Outcome withoutLine(JobState state) {
    JobError error = state.getError();
    Integer code = error == null ? null : error.getCode();
    String detail = error == null || error.getMessage().isEmpty() ? "" : ": " + error.getMessage();
    String ended = "the job ended " + state.getState() + detail;
    return switch (state.getState()) {
      case "SUCCEEDED" ->
          new Outcome.Failed(
              ErrorReason.NO_RESULT, code, "the job's results have no line for this prompt");
      case "PARTIALLY_SUCCEEDED" ->
          new Outcome.Failed(
              ErrorReason.NO_RESULT, code, "the job did not get to this prompt" + detail);
      case "REFUSED" ->
          new Outcome.Failed(
              ErrorReason.NOT_SUBMITTED, code, "the provider took no job of this batch" + detail);
      case "GIVEN_UP" ->
          new Outcome.Failed(ErrorReason.JOB_GIVEN_UP, code, "the job was given up" + detail);
      case "EXPIRED" -> new Outcome.Failed(ErrorReason.JOB_EXPIRED, code, ended);
      case "CANCELLED" -> new Outcome.Failed(ErrorReason.JOB_CANCELLED, code, ended);
      case "LOST" -> new Outcome.Failed(ErrorReason.JOB_LOST, code, ended);
      default ->
          new Outcome.Failed(
              isInvalid(code) ? ErrorReason.JOB_INVALID : ErrorReason.JOB_FAILED, code, ended);
    };
  }

  /** Some prompt of the job is to blame; the same job again would end the same. */
  private static boolean isInvalid(@Nullable Integer code) {
    return code != null
        && RpcCode.of(code).filter(rpc -> rpc == RpcCode.INVALID_ARGUMENT).isPresent();
  }

  private static Outcome skipped(Skipped skip) {
    ErrorReason reason;
    try {
      reason = ErrorReason.valueOf(skip.getReason());
    } catch (IllegalArgumentException e) {
      // Written by another version.
      reason = ErrorReason.NOT_SUBMITTED;
    }
    String message =
        skip.getMessage().isEmpty()
            ? "the prompt was left out of its batch's file: " + skip.getReason()
            : skip.getMessage();
    return new Outcome.Failed(reason, null, message);
  }
}
