package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules for a whole request as JSON text: what would fail its job at the provider is none. */
final class RequestRules {

  private static final String MODEL_PREFIX = "models/";
  // The published definitions have a second field, of the same meaning, for each of its two names.
  private static final List<String> JSON_SCHEMA =
      List.of(
          "responseJsonSchema",
          "_responseJsonSchema",
          "response_json_schema",
          "response_json_schema_ordered");

  private RequestRules() {}

  /**
   * What is wrong with the request, in a sentence without content.
   *
   * @param model the one that answers, without {@code models/}
   */
  static Optional<String> flaw(String text, String model) {
    JsonNode request;
    try {
      request = JsonText.object(text);
    } catch (JsonText.NoObjectException e) {
      return Optional.of("request " + e.flaw());
    }
    return FieldCheck.flaw(request)
        .or(() -> flawOfContents(request))
        .or(() -> flawOfModel(request, model))
        .or(() -> flawOfSchema(either(request, "generationConfig", "generation_config")));
  }

  private static Optional<String> flawOfContents(JsonNode request) {
    return request.path("contents").isEmpty()
        ? Optional.of("request.contents must hold a turn at least")
        : Optional.empty();
  }

  private static Optional<String> flawOfModel(JsonNode request, String model) {
    String own = request.path("model").asText("");
    String plain = own.startsWith(MODEL_PREFIX) ? own.substring(MODEL_PREFIX.length()) : own;
    return own.isEmpty() || plain.equals(model)
        ? Optional.empty()
        : Optional.of(
            "request.model is no part of a batch's request and is not the event's model: unset it, and set model on the event");
  }

  /** The provider refuses the file, or ignores the schema, where the MIME type is not beside it. */
  private static Optional<String> flawOfSchema(JsonNode config) {
    boolean openApi = isSet(either(config, "responseSchema", "response_schema"));
    List<String> jsonSchemas =
        JSON_SCHEMA.stream().filter(name -> isSet(config.path(name))).toList();
    if (jsonSchemas.size() + (openApi ? 1 : 0) > 1) {
      return Optional.of("request.generationConfig must hold one schema at most");
    }
    String mimeType = either(config, "responseMimeType", "response_mime_type").asText("");
    Set<String> fitting =
        openApi ? Set.of("application/json", "text/x.enum") : Set.of("application/json");
    if ((openApi || !jsonSchemas.isEmpty()) && !fitting.contains(mimeType)) {
      return Optional.of(
          "request.generationConfig has a schema and so needs responseMimeType application/json");
    }
    return jsonSchemas.stream()
        .findFirst()
        .flatMap(
            name ->
                JsonSchemas.flaw(config.path(name).toString())
                    .map(flaw -> "request.generationConfig.%s %s".formatted(name, flaw)));
  }

  private static JsonNode either(JsonNode node, String camelCase, String snakeCase) {
    return isSet(node.path(camelCase)) ? node.path(camelCase) : node.path(snakeCase);
  }

  private static boolean isSet(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }
}
