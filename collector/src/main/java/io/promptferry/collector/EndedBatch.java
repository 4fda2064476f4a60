package io.promptferry.collector;

import io.promptferry.collector.response.Responses;
import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose job has ended.
 *
 * @param submission stands on every last state
 * @param earlier how far an earlier life came
 */
record EndedBatch(JobState state, Job submission, Optional<Receipt> earlier) {

  Batch batch() {
    return submission.getBatch();
  }

  String id() {
    return batch().getBatchId();
  }

  /** The batch that it descends from, which may be itself. */
  String root() {
    String root = batch().getRootBatchId();
    return root == null ? id() : root;
  }

  /** How many lines its input file had. */
  long lines() {
    return Math.max(0, batch().getCount() - submission.getSkipped().size());
  }

  @Nullable Instant submittedAt() {
    return state.getJob() == null ? null : submission.getAt();
  }

  /** How many times the prompts of a span were sent, this time included. */
  int attempt(int span) {
    return batch().getSpans().get(span).getAttempt();
  }

  List<Attempt> history(int span) {
    return batch().getSpans().get(span).getHistory();
  }

  /** The same without the jobs that were rejected as a whole: those answered and cost nothing. */
  int attemptsBilled(int span) {
    long rejected =
        history(span).stream()
            .filter(attempt -> attempt.getReason().equals(ErrorReason.JOB_INVALID.name()))
            .count();
    return attempt(span) - (int) rejected;
  }

  Responses.Carriage carriage() {
    return new Responses.Carriage(
        id(),
        state.getJob(),
        batch().getLane().getModel(),
        1,
        List.of(),
        batch().getSealedAt(),
        submittedAt(),
        state.getEndedAt());
  }
}
