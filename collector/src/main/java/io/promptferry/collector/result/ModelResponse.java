package io.promptferry.collector.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A GenerateContentResponse, of which the first candidate counts.
 *
 * @param tree what it says
 * @param raw the same as it came
 */
record ModelResponse(JsonNode tree, String raw) {

  /** What a part may have beside its content, or may have as its content and left blank. */
  private static final Set<String> NO_CONTENT =
      Set.of("text", "thought", "thoughtSignature", "partMetadata", "videoMetadata");

  /** What becomes of the prompt that it responds to. */
  Outcome outcome(Expectation expectation) {
    String finish = candidate().path("finishReason").asText("");
    var answer = new Outcome.Answered(text(), raw, finish.isEmpty() ? null : finish, usage());
    Optional<ErrorReason> failure = FinishReasons.failure(finish);
    if (failure.isPresent()) {
      return new Outcome.Failed(
          failure.get(), null, "the model ended with finish reason " + finish, answer);
    }
    boolean cutOff = finish.equals(FinishReasons.MAX_TOKENS);
    if (!hasContent()) {
      return empty(answer, cutOff);
    }
    Optional<Expectation.Misfit> misfit =
        hasOtherThanText() ? Optional.empty() : expectation.misfit(String.valueOf(answer.text()));
    if (misfit.isPresent()) {
      return new Outcome.Failed(
          misfit.get().reason(),
          null,
          misfit.get().flaw() + (cutOff ? "; it was cut off: raise maxOutputTokens" : ""),
          answer);
    }
    if (cutOff) {
      return new Outcome.Failed(
          ErrorReason.ANSWER_CUT_OFF,
          null,
          "the answer was cut off: raise maxOutputTokens",
          answer);
    }
    return answer;
  }

  /** Whether it says anything: a model that was cut off while it thought has not. */
  boolean hasContent() {
    String text = text();
    return (text != null && !text.isEmpty()) || hasOtherThanText();
  }

  private Outcome empty(Outcome.Answered answer, boolean cutOff) {
    String blocked = tree.path("promptFeedback").path("blockReason").asText("");
    if (!blocked.isEmpty()) {
      return new Outcome.Failed(
          ErrorReason.PROMPT_BLOCKED, null, "the prompt was blocked: " + blocked, answer);
    }
    String finish = answer.finishReason() == null ? "none" : answer.finishReason();
    return new Outcome.Failed(
        cutOff ? ErrorReason.EMPTY_CUT_OFF : ErrorReason.EMPTY_ANSWER,
        null,
        "the model answered nothing, finish reason "
            + finish
            + (cutOff ? ": raise maxOutputTokens, or lower thinkingBudget" : ""),
        answer);
  }

  private JsonNode candidate() {
    return tree.path("candidates").path(0);
  }

  private JsonNode parts() {
    return candidate().path("content").path("parts");
  }

  /** Null where no part is text: an answer may be a call of a function, or an image. */
  private @Nullable String text() {
    StringBuilder text = null;
    for (JsonNode part : parts()) {
      if (!isThought(part) && part.path("text").isTextual()) {
        text = text == null ? new StringBuilder() : text;
        text.append(part.path("text").asText());
      }
    }
    return text == null ? null : text.toString();
  }

  private boolean hasOtherThanText() {
    for (JsonNode part : parts()) {
      if (!isThought(part)) {
        for (var field : part.properties()) {
          if (!NO_CONTENT.contains(field.getKey()) && !field.getValue().isNull()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isThought(JsonNode part) {
    return part.path("thought").asBoolean();
  }

  private @Nullable Usage usage() {
    JsonNode usage = tree.path("usageMetadata");
    if (!usage.isObject()) {
      return null;
    }
    return new Usage(
        usage.path("promptTokenCount").asLong(),
        usage.path("candidatesTokenCount").asLong(),
        usage.path("thoughtsTokenCount").asLong(),
        usage.path("cachedContentTokenCount").asLong(),
        usage.path("totalTokenCount").asLong());
  }
}
