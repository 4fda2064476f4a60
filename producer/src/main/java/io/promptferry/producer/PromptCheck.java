package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import io.promptferry.request.PromptSize;
import io.promptferry.request.RequestLine;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.PromptValidation.Rejection;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Holds a prompt against the batcher's own rules, as far as they can be known here: which models
 * are allowed, and what fits a batch, is the batcher's configuration, and counts where the caller
 * says it too.
 *
 * @param defaultModel the batcher's; empty: not known here
 * @param allowedModels the batcher's; empty: any
 */
record PromptCheck(String defaultModel, Set<String> allowedModels, long maxBytes, long maxTokens) {

  private static final PromptValidation.Rules ANY_MODEL =
      new PromptValidation.Rules("the-batchers-default", Set.of());

  /**
   * Checks.
   *
   * @throws PromptRejectedException for the first rule that the event breaks
   */
  void check(PromptEvent event, Instant now) {
    PromptValidation.check(event, rules(event), now)
        .or(() -> flawOfSize(event))
        .ifPresent(
            flaw -> {
              throw new PromptRejectedException(flaw.reason(), flaw.message());
            });
  }

  private PromptValidation.Rules rules(PromptEvent event) {
    var rules = new PromptValidation.Rules(defaultModel, allowedModels);
    return PromptValidation.model(event, rules).isEmpty() ? ANY_MODEL : rules;
  }

  private Optional<Rejection> flawOfSize(PromptEvent event) {
    try {
      // Where it will stand is not known yet, so the longest coordinates count.
      return PromptSize.of(Integer.MAX_VALUE, Long.MAX_VALUE, event).over(maxBytes, maxTokens);
    } catch (RequestLine.UnrenderableException e) {
      return Optional.of(new Rejection(e.reason(), String.valueOf(e.getMessage())));
    }
  }
}
