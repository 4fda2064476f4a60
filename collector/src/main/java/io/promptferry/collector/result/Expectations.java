package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a prompt asked of its answer: JSON, or JSON that fits a schema, in either form of
 * the event. Schemas that come again are compiled once; see {@link CompiledSchemas}. For any
 * threads.
 */
public final class Expectations {

  private static final String MIME_TYPE = "application/json";

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              .build());

  private final CompiledSchemas schemas = new CompiledSchemas();

  /**
   * What this prompt's answer must be. A schema beside another MIME type than JSON's is none: with
   * text/x.enum the answer is one of its words, bare.
   *
   * @param event null where the prompt is no event; then any answer will do
   */
  public Expectation of(@Nullable PromptEvent event) {
    if (event == null) {
      return Expectation.NONE;
    }
    if (event.getRequest() != null) {
      return ofRaw(event.getRequest());
    }
    if (event.getResponseJsonSchema() != null) {
      return schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, event.getResponseJsonSchema());
    }
    return event.getGeneration() == null
        ? Expectation.NONE
        : ofMimeType(event.getGeneration().getResponseMimeType());
  }

  private Expectation ofRaw(String request) {
    JsonNode config = generationConfig(request);
    JsonNode mimeType = first(config, "responseMimeType", "response_mime_type");
    if (mimeType.isTextual() && !mimeType.asText().equals(MIME_TYPE)) {
      return Expectation.NONE;
    }
    JsonNode schema =
        first(
            config,
            "responseJsonSchema",
            "response_json_schema",
            "_responseJsonSchema",
            "response_json_schema_ordered");
    if (schema.isObject()) {
      return schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, schema.toString());
    }
    JsonNode openApi = first(config, "responseSchema", "response_schema");
    if (openApi.isObject()) {
      return schemas.get(CompiledSchemas.Dialect.OPEN_API, openApi.toString());
    }
    return ofMimeType(mimeType.textValue());
  }

  private static Expectation ofMimeType(@Nullable String mimeType) {
    return MIME_TYPE.equals(mimeType) ? JsonExpectation.JSON : Expectation.NONE;
  }

  /** Passes over the rest of the request, which may hold files. */
  private static JsonNode generationConfig(String request) {
    try (JsonParser parser = JSON.createParser(request)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return MissingNode.getInstance();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        boolean config = field.equals("generationConfig") || field.equals("generation_config");
        if (config && value == JsonToken.START_OBJECT) {
          return parser.readValueAsTree();
        }
        parser.skipChildren();
      }
    } catch (IOException e) {
      // Validation let it pass and the model answered it: the answer counts.
    }
    return MissingNode.getInstance();
  }

  private static JsonNode first(JsonNode config, String... names) {
    for (String name : names) {
      JsonNode value = config.path(name);
      if (!value.isMissingNode() && !value.isNull()) {
        return value;
      }
    }
    return MissingNode.getInstance();
  }
}
