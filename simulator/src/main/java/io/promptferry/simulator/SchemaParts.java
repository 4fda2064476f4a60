package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes one plain schema of a reference, a choice or a conjunction of schemas. */
final class SchemaParts {
  private static final int MOST_STEPS = 20;

  private SchemaParts() {}

  static JsonNode resolve(JsonNode given, JsonNode root) {
    JsonNode schema = given;
    for (int step = 0; step < MOST_STEPS && schema instanceof ObjectNode object; step++) {
      if (object.has("$ref")) {
        String ref = object.get("$ref").asText();
        schema = with(object, "$ref", ref.equals("#") ? root : root.at(ref.substring(1)));
      } else if (object.has("allOf")) {
        JsonNode parts = object.get("allOf");
        for (JsonNode part : parts) {
          object = with(object, "allOf", resolve(part, root));
        }
        schema = object.has("allOf") ? object.without("allOf") : object;
      } else if (object.has("anyOf")) {
        schema = with(object, "anyOf", firstNotNull(object.get("anyOf")));
      } else if (object.has("any_of")) {
        schema = with(object, "any_of", firstNotNull(object.get("any_of")));
      } else if (object.has("oneOf")) {
        schema = with(object, "oneOf", firstNotNull(object.get("oneOf")));
      } else {
        return object;
      }
    }
    return schema;
  }

  private static JsonNode firstNotNull(JsonNode options) {
    for (JsonNode option : options) {
      if (!option.path("type").asText().equalsIgnoreCase("null")) {
        return option;
      }
    }
    return options.path(0);
  }

  /** The schema without a keyword, and with what the keyword stood for. */
  private static ObjectNode with(ObjectNode schema, String keyword, JsonNode part) {
    ObjectNode merged = schema.deepCopy();
    merged.remove(keyword);
    part.properties()
        .forEach(
            entry -> {
              JsonNode own = merged.get(entry.getKey());
              if (own instanceof ObjectNode ownObject && entry.getValue().isObject()) {
                ownObject.setAll((ObjectNode) entry.getValue().deepCopy());
              } else if (own != null && own.isArray() && entry.getKey().equals("required")) {
                entry.getValue().forEach(merged.withArray("required")::add);
              } else {
                merged.set(entry.getKey(), entry.getValue());
              }
            });
    return merged;
  }
}
