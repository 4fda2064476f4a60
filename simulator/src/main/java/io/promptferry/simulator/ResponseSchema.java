package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;

/** Where in a generationConfig the schema of the answer stands. */
final class ResponseSchema {
  // Four names for one thing: see fields/extract.mjs.
  private static final List<String> JSON_SCHEMA =
      List.of(
          "responseJsonSchema",
          "_responseJsonSchema",
          "response_json_schema",
          "response_json_schema_ordered");

  private ResponseSchema() {}

  static JsonNode jsonSchema(JsonNode config) {
    return JSON_SCHEMA.stream()
        .map(config::path)
        .filter(schema -> !schema.isMissingNode())
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  /** The schema in either language, or a missing node. */
  static JsonNode of(JsonNode config) {
    JsonNode schema = jsonSchema(config);
    return schema.isMissingNode() ? Json.get(config, "responseSchema") : schema;
  }
}
