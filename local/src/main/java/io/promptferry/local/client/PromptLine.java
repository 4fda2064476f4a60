package io.promptferry.local.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.PromptValidation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of a file of prompts: a PromptEvent's fields, and {@code key} and {@code headers} beside
 * them.
 *
 * @param key the Kafka key; empty: none, and the answer goes to the shared topic
 * @param headers of the record, by name
 * @param event the prompt, which has passed validation
 */
public record PromptLine(Optional<String> key, Map<String, String> headers, PromptEvent event) {

  private static final String KEY = "key";
  private static final String HEADERS = "headers";
  private static final List<String> BESIDE = List.of(KEY, HEADERS);

  /** Any model: which are allowed, and which is the default, is the batcher's to know. */
  private static final PromptValidation.Rules RULES =
      new PromptValidation.Rules("the-batchers-default", Set.of());

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads and validates.
   *
   * @param now against which a deadline is held
   * @throws BadLineException when the line is no prompt that would be answered
   */
  public static PromptLine parse(String line, Instant now) throws BadLineException {
    ObjectNode object = object(line);
    Optional<String> key = key(object.remove(KEY));
    Map<String, String> headers = headers(object.remove(HEADERS));
    return checked(key, headers, JsonToRecord.read(object, PromptEvent.class, BESIDE), now);
  }

  /**
   * Validates.
   *
   * @param now against which a deadline is held
   * @throws BadLineException when the prompt would not be answered
   */
  public static PromptLine checked(
      Optional<String> key, Map<String, String> headers, PromptEvent event, Instant now)
      throws BadLineException {
    Optional<PromptValidation.Rejection> rejection = PromptValidation.check(event, RULES, now);
    if (rejection.isPresent()) {
      throw new BadLineException(rejection.get().message());
    }
    return new PromptLine(key, headers, event);
  }

  /**
   * A line as JSON.
   *
   * @throws BadLineException when it is no JSON object
   */
  public static ObjectNode object(String line) throws BadLineException {
    if (tree(line) instanceof ObjectNode object) {
      return object;
    }
    throw new BadLineException(
        "must be a JSON object, for example {\"key\":\"k\",\"prompt\":\"…\"}");
  }

  private static Map<String, String> headers(@Nullable JsonNode json) throws BadLineException {
    var headers = new LinkedHashMap<String, String>();
    if (json == null || json.isNull()) {
      return headers;
    }
    if (!json.isObject()) {
      throw new BadLineException("headers must be an object, for example {\"tenant\":\"acme\"}");
    }
    for (Map.Entry<String, JsonNode> header : json.properties()) {
      if (!header.getValue().isTextual()) {
        throw new BadLineException("header " + header.getKey() + " must be a string");
      }
      headers.put(header.getKey(), header.getValue().textValue());
    }
    return headers;
  }

  private static Optional<String> key(@Nullable JsonNode json) throws BadLineException {
    if (json == null || json.isNull()) {
      return Optional.empty();
    }
    if (!json.isTextual()) {
      throw new BadLineException("key must be a string");
    }
    return Optional.of(json.textValue());
  }

  private static JsonNode tree(String line) throws BadLineException {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new BadLineException(
          "is not JSON at column %d: %s"
              .formatted(e.getLocation().getColumnNr(), e.getOriginalMessage()));
    }
  }
}
