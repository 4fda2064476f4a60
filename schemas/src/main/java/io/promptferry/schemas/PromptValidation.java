package io.promptferry.schemas;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules a prompt must meet before it may enter a batch; the same for producers and for the
 * batcher.
 */
public final class PromptValidation {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final String MODEL_PREFIX = "models/";

  // Refused here, since at the provider a malformed name would hold up a whole batch.
  private static final Pattern MODEL = Pattern.compile("(models/)?[a-zA-Z0-9._-]{1,100}");

  /**
   * What the platform decides.
   *
   * @param defaultModel the model for events that name none, without {@code models/}; empty when
   *     there is none
   * @param allowedModels the models that may be asked, without {@code models/}; empty: any
   */
  public record Rules(String defaultModel, Set<String> allowedModels) {}

  /** Why a prompt is refused, for programs and for people. */
  public record Rejection(ErrorReason reason, String message) {}

  private PromptValidation() {}

  /**
   * Checks one event; does no I/O.
   *
   * @param now against which the deadline is held
   * @return the first rule that the event breaks, or nothing when it is good
   */
  public static Optional<Rejection> check(PromptEvent event, Rules rules, Instant now) {
    boolean simple = hasText(event.getPrompt()) || !event.getParts().isEmpty();
    boolean raw = event.getRequest() != null;
    if (!simple && !raw) {
      return reject(
          ErrorReason.NO_CONTENT, "the event has no content: set prompt, parts or request");
    }
    if (raw
        && (simple
            || event.getSystem() != null
            || event.getResponseJsonSchema() != null
            || event.getGeneration() != null)) {
      return reject(
          ErrorReason.TWO_FORMS,
          "request stands alone: unset prompt, parts, system, responseJsonSchema and generation");
    }
    if (raw) {
      return reject(
          ErrorReason.UNSUPPORTED,
          "request is not supported yet: use prompt, system, responseJsonSchema and generation");
    }
    if (!event.getParts().isEmpty()) {
      return reject(
          ErrorReason.UNSUPPORTED, "parts are not supported yet: put the text into prompt");
    }
    return checkModel(event, rules)
        .or(() -> checkDeadline(event, now))
        .or(() -> checkSchema(event))
        .or(() -> checkGeneration(event.getGeneration()));
  }

  /** The model that answers the event, without {@code models/}; empty when there is none. */
  public static String model(PromptEvent event, Rules rules) {
    String model = hasText(event.getModel()) ? event.getModel() : rules.defaultModel();
    return model.startsWith(MODEL_PREFIX) ? model.substring(MODEL_PREFIX.length()) : model;
  }

  /** Whether this may be a model's name, with or without {@code models/} before it. */
  public static boolean isModelName(String name) {
    return MODEL.matcher(name).matches();
  }

  private static Optional<Rejection> checkModel(PromptEvent event, Rules rules) {
    String model = model(event, rules);
    if (model.isEmpty()) {
      return reject(
          ErrorReason.NO_MODEL, "set model on the event, or prompt.default.model on the batcher");
    }
    if (!isModelName(model)) {
      return reject(
          ErrorReason.BAD_MODEL,
          "model must be a name such as gemini-2.5-flash: letters, digits, '.', '_' and '-'");
    }
    if (!rules.allowedModels().isEmpty() && !rules.allowedModels().contains(model)) {
      return reject(
          ErrorReason.MODEL_NOT_ALLOWED,
          "the model " + model + " is not on prompt.models.allowed: use one that is");
    }
    return Optional.empty();
  }

  private static Optional<Rejection> checkDeadline(PromptEvent event, Instant now) {
    if (event.getDeadline() != null && !event.getDeadline().isAfter(now)) {
      return reject(
          ErrorReason.DEADLINE_PASSED,
          "the deadline " + event.getDeadline() + " was past when the prompt was read");
    }
    return Optional.empty();
  }

  private static Optional<Rejection> checkSchema(PromptEvent event) {
    String schema = event.getResponseJsonSchema();
    if (schema == null) {
      return Optional.empty();
    }
    GenerationSettings generation = event.getGeneration();
    String mimeType = generation == null ? null : generation.getResponseMimeType();
    if (mimeType != null && !mimeType.equals("application/json")) {
      return reject(
          ErrorReason.BAD_SCHEMA,
          "responseJsonSchema needs responseMimeType application/json or none, not " + mimeType);
    }
    try {
      JsonNode tree = JSON.readTree(schema);
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(tree.toString())) {
        // JSON can escape it, no UTF-8 file can hold it, and the whole file would be refused.
        return reject(ErrorReason.BAD_SCHEMA, "responseJsonSchema holds half a surrogate pair");
      }
      if (tree.isObject()) {
        return Optional.empty();
      }
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      return reject(
          ErrorReason.BAD_SCHEMA,
          where == null
              ? "responseJsonSchema goes past what can be read: nested too deep, or a number too long"
              : "responseJsonSchema is not JSON: column " + where.getColumnNr());
    }
    return reject(ErrorReason.BAD_SCHEMA, "responseJsonSchema must be a JSON object");
  }

  private static Optional<Rejection> checkGeneration(@Nullable GenerationSettings settings) {
    if (settings == null) {
      return Optional.empty();
    }
    if (settings.getTemperature() != null
        && !(settings.getTemperature() >= 0 && settings.getTemperature() <= 2)) {
      return reject(ErrorReason.BAD_SETTING, "temperature must be 0.0 to 2.0");
    }
    if (settings.getTopP() != null && !(settings.getTopP() >= 0 && settings.getTopP() <= 1)) {
      return reject(ErrorReason.BAD_SETTING, "topP must be 0.0 to 1.0");
    }
    if (settings.getMaxOutputTokens() != null && settings.getMaxOutputTokens() < 1) {
      return reject(ErrorReason.BAD_SETTING, "maxOutputTokens must be 1 or more");
    }
    if (!isFinite(settings.getPresencePenalty()) || !isFinite(settings.getFrequencyPenalty())) {
      return reject(
          ErrorReason.BAD_SETTING, "presencePenalty and frequencyPenalty must be finite numbers");
    }
    return Optional.empty();
  }

  private static boolean isFinite(@Nullable Double value) {
    return value == null || Double.isFinite(value);
  }

  private static boolean hasText(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static Optional<Rejection> reject(ErrorReason reason, String message) {
    return Optional.of(new Rejection(reason, message));
  }
}
