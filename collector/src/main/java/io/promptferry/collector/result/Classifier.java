package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a result line means; a pure function of its bytes. Reads leniently: an error may be
 * an object or a bare code, and may stand under {@code error} or {@code status}.
 */
public final class Classifier {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Classifier() {}

  /** What this line says of its prompt. */
  public static Outcome classify(byte[] line) {
    JsonNode error = MissingNode.getInstance();
    JsonNode status = MissingNode.getInstance();
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return unreadable();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("response") && value == JsonToken.START_OBJECT) {
          return response(line, parser);
        }
        if (value != JsonToken.VALUE_NULL && field.equals("error")) {
          error = parser.readValueAsTree();
        } else if (value != JsonToken.VALUE_NULL && field.equals("status")) {
          status = parser.readValueAsTree();
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return unreadable();
    }
    return error(error.isMissingNode() ? status : error);
  }

  /**
   * Cuts the response out of the line as it came: a round trip through any model of it would lose
   * fields.
   */
  private static Outcome response(byte[] line, JsonParser parser) throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    JsonNode response = parser.readValueAsTree();
    int end = (int) parser.currentLocation().getByteOffset();
    String raw = new String(line, start, end - start, StandardCharsets.UTF_8);
    JsonNode candidate = response.path("candidates").path(0);
    JsonNode parts = candidate.path("content").path("parts");
    var answer =
        new Outcome.Answered(
            text(parts), raw, textOf(candidate.path("finishReason")), usage(response));
    if (!hasContent(parts)) {
      return new Outcome.Failed(ErrorReason.EMPTY_ANSWER, null, emptiness(response), answer);
    }
    return answer;
  }

  /** A model that was cut off while it thought has answered nothing. */
  private static boolean hasContent(JsonNode parts) {
    for (JsonNode part : parts) {
      if (!isThought(part)) {
        return true;
      }
    }
    return false;
  }

  /** Null where no part is text: an answer may be a call of a function, or an image. */
  private static @Nullable String text(JsonNode parts) {
    StringBuilder text = null;
    for (JsonNode part : parts) {
      if (!isThought(part) && part.path("text").isTextual()) {
        text = text == null ? new StringBuilder() : text;
        text.append(part.path("text").asText());
      }
    }
    return text == null ? null : text.toString();
  }

  private static boolean isThought(JsonNode part) {
    return part.path("thought").asBoolean();
  }

  private static String emptiness(JsonNode response) {
    String blocked = response.path("promptFeedback").path("blockReason").asText("");
    String finish = response.path("candidates").path(0).path("finishReason").asText("");
    if (!blocked.isEmpty()) {
      return "the model answered nothing: the prompt was blocked, " + blocked;
    }
    return "the model answered nothing" + (finish.isEmpty() ? "" : ": finish reason " + finish);
  }

  private static @Nullable Usage usage(JsonNode response) {
    JsonNode usage = response.path("usageMetadata");
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

  private static Outcome error(JsonNode error) {
    if (error.isMissingNode()) {
      return new Outcome.Failed(
          ErrorReason.BAD_RESULT, null, "the result line has neither a response nor an error");
    }
    JsonNode code = error.isNumber() ? error : error.path("code");
    String message = error.isTextual() ? error.asText() : error.path("message").asText("");
    return new Outcome.Failed(
        ErrorReason.MODEL_ERROR,
        code.isNumber() ? code.asInt() : null,
        message.isEmpty() ? "the model gave an error without a message" : message);
  }

  private static Outcome unreadable() {
    return new Outcome.Failed(ErrorReason.BAD_RESULT, null, "the result line is not valid JSON");
  }

  private static @Nullable String textOf(JsonNode node) {
    return node.isTextual() ? node.asText() : null;
  }
}
