package io.promptferry.collector;

import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Totals;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** Adds up outcomes. */
final class Tally {

  private final Totals totals;

  /** Goes on from these totals; changes a copy. */
  Tally(Totals start) {
    this.totals = Totals.newBuilder(start).build();
    // What was read from the log may not be changeable.
    totals.setFailures(new HashMap<>(start.getFailures()));
    totals.setRetries(new HashMap<>(start.getRetries()));
  }

  void add(Outcome outcome) {
    if (outcome instanceof Outcome.Answered answer) {
      totals.setSucceeded(totals.getSucceeded() + 1);
      addTokens(answer.usage());
    } else if (outcome instanceof Outcome.Failed failure) {
      totals.setFailed(totals.getFailed() + 1);
      totals.getFailures().merge(failure.reason().name(), 1L, Long::sum);
      addTokens(failure);
    } else if (outcome instanceof Outcome.Retry retry) {
      resent(retry.why().reason());
      addTokens(retry.why());
    } else if (outcome instanceof Outcome.Parted) {
      resent(ErrorReason.JOB_INVALID);
    }
  }

  /**
   * What was added turned out to be too large for its topic.
   *
   * @param was the reason for which it was a failure; null where it was none
   */
  void shorten(@Nullable String was) {
    if (was == null) {
      totals.setSucceeded(totals.getSucceeded() - 1);
      totals.setFailed(totals.getFailed() + 1);
    } else {
      totals.getFailures().computeIfPresent(was, (reason, count) -> count > 1 ? count - 1 : null);
    }
    totals.getFailures().merge(ErrorReason.ANSWER_TOO_LARGE.name(), 1L, Long::sum);
  }

  private void resent(ErrorReason reason) {
    totals.setRetried(totals.getRetried() + 1);
    totals.getRetries().merge(reason.name(), 1L, Long::sum);
  }

  /** Tokens of an answer that was of no use are paid for all the same. */
  private void addTokens(Outcome.Failed failure) {
    addTokens(failure.answer() == null ? null : failure.answer().usage());
  }

  private void addTokens(@Nullable Usage usage) {
    if (usage != null) {
      totals.setPromptTokens(totals.getPromptTokens() + usage.getPromptTokens());
      totals.setOutputTokens(totals.getOutputTokens() + usage.getOutputTokens());
      totals.setThinkingTokens(totals.getThinkingTokens() + usage.getThinkingTokens());
      totals.setCachedTokens(totals.getCachedTokens() + usage.getCachedTokens());
    }
  }

  /** Whatever is missing from so many prompts is gone from the log. */
  long closeWith(long prompts) {
    long vanished =
        Math.max(0, prompts - totals.getSucceeded() - totals.getFailed() - totals.getRetried());
    totals.setVanished(vanished);
    return vanished;
  }

  Totals totals() {
    return Totals.newBuilder(totals).build();
  }
}
