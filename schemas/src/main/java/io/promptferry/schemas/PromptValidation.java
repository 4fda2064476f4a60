package io.promptferry.schemas;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
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

  /** The most characters of an event's id, which comes back in every answer. */
  public static final int MAX_ID = 1_000;

  /** The most characters of an event's attributes, names and values together: they come back. */
  public static final int MAX_ATTRIBUTES = 100_000;

  /** The most characters of a topic's name, by Kafka. */
  private static final int MAX_TOPIC = 249;

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
   * Checks one event; does no I/O, and throws nothing however odd the event.
   *
   * @param now against which the deadline is held
   * @return the first rule that the event breaks, or nothing when it is good; the message is one
   *     line that quotes no content
   */
  public static Optional<Rejection> check(PromptEvent event, Rules rules, Instant now) {
    return checkForm(event)
        .or(() -> checkModel(event, rules))
        .or(() -> checkDeadline(event, now))
        .or(() -> checkContent(event, rules))
        .or(() -> checkSchema(event))
        .or(() -> checkSettings(event));
  }

  /** The model that answers the event, without {@code models/}; empty when there is none. */
  public static String model(PromptEvent event, Rules rules) {
    return plainName(hasText(event.getModel()) ? event.getModel() : rules.defaultModel());
  }

  /** A model's name without {@code models/}. */
  public static String plainName(String model) {
    return model.startsWith(MODEL_PREFIX) ? model.substring(MODEL_PREFIX.length()) : model;
  }

  /** Whether this may be a model's name, with or without {@code models/} before it. */
  public static boolean isModelName(String name) {
    return MODEL.matcher(name).matches();
  }

  private static Optional<Rejection> checkForm(PromptEvent event) {
    boolean simple = hasText(event.getPrompt()) || !event.getParts().isEmpty();
    if (event.getRequest() == null) {
      return simple
          ? Optional.empty()
          : reject(
              ErrorReason.NO_CONTENT, "the event has no content: set prompt, parts or request");
    }
    if (simple
        || event.getSystem() != null
        || event.getResponseJsonSchema() != null
        || event.getGeneration() != null) {
      return reject(
          ErrorReason.TWO_FORMS,
          "request stands alone: unset prompt, parts, system, responseJsonSchema and generation");
    }
    return Optional.empty();
  }

  private static Optional<Rejection> checkContent(PromptEvent event, Rules rules) {
    return event.getRequest() == null
        ? PartRules.flaw(event.getParts()).map(flaw -> new Rejection(ErrorReason.BAD_PART, flaw))
        : RequestRules.flaw(event.getRequest(), model(event, rules))
            .map(flaw -> new Rejection(ErrorReason.BAD_REQUEST, flaw));
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
          "responseJsonSchema needs responseMimeType application/json: set that one or none");
    }
    return JsonSchemas.flaw(schema)
        .map(flaw -> new Rejection(ErrorReason.BAD_SCHEMA, "responseJsonSchema " + flaw));
  }

  private static Optional<Rejection> checkSettings(PromptEvent event) {
    return Optional.ofNullable(event.getGeneration())
        .flatMap(GenerationRules::flaw)
        .or(() -> flawOfSize(event))
        .map(flaw -> new Rejection(ErrorReason.BAD_SETTING, flaw));
  }

  private static Optional<String> flawOfSize(PromptEvent event) {
    if (event.getId().length() > MAX_ID) {
      return Optional.of("id must have %d characters at most".formatted(MAX_ID));
    }
    if (event.getReplyTo() != null && event.getReplyTo().length() > MAX_TOPIC) {
      return Optional.of("replyTo must have %d characters at most".formatted(MAX_TOPIC));
    }
    long attributes =
        event.getAttributes().entrySet().stream()
            .mapToLong(entry -> entry.getKey().length() + entry.getValue().length())
            .sum();
    if (attributes > MAX_ATTRIBUTES) {
      return Optional.of(
          "attributes must have %d characters at most, names and values together"
              .formatted(MAX_ATTRIBUTES));
    }
    return Optional.empty();
  }

  private static boolean hasText(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static Optional<Rejection> reject(ErrorReason reason, String message) {
    return Optional.of(new Rejection(reason, message));
  }
}
