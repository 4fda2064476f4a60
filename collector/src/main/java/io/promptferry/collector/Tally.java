package io.promptferry.collector;

import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Totals;
import io.promptferry.records.Usage;
import org.jspecify.annotations.Nullable;

/** Adds up outcomes. */
final class Tally {

  private final Totals totals;

  /** Goes on from these totals; changes a copy. */
  Tally(Totals start) {
    this.totals = Totals.newBuilder(start).build();
  }

  void add(Outcome outcome) {
    if (outcome instanceof Outcome.Answered answer) {
      totals.setSucceeded(totals.getSucceeded() + 1);
      addTokens(answer.usage());
    } else if (outcome instanceof Outcome.Failed failure) {
      totals.setFailed(totals.getFailed() + 1);
      // Tokens of an answer that was of no use are paid for all the same.
      addTokens(failure.answer() == null ? null : failure.answer().usage());
    }
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
