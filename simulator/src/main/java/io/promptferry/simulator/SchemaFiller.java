package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Makes a value that fits a schema, JSON Schema or the OpenAPI subset. The first string that is
 * free to say anything carries the answer's text with the digest. Patterns are not met: a string
 * with a pattern is its default or its example, if it has one.
 */
final class SchemaFiller {
  // Deeper than this, only what is required: a recursive schema ends.
  private static final int FULL_DEPTH = 6;
  private static final int DEEPEST = 40;

  private final JsonNode root;
  private final SchemaStrings strings;

  SchemaFiller(JsonNode schema, AnswerText says) {
    this.root = schema;
    this.strings = new SchemaStrings(says);
  }

  JsonNode fill() {
    return fill(root, 0, 0);
  }

  /**
   * @param variant counts the items of a list whose items must differ; 0 elsewhere
   */
  private JsonNode fill(JsonNode given, int depth, int variant) {
    JsonNode schema = SchemaParts.resolve(given, root);
    if (depth > DEEPEST) {
      return NullNode.getInstance();
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    JsonNode choices = schema.path("enum");
    if (!choices.isEmpty()) {
      return choices.get(Math.min(variant, choices.size() - 1));
    }
    return switch (type(schema)) {
      case "object" -> object(schema, depth);
      case "array" -> array(schema, depth);
      case "integer" -> SchemaNumbers.integer(schema, variant);
      case "number" -> SchemaNumbers.number(schema, variant);
      case "boolean" -> BooleanNode.valueOf(variant % 2 == 0);
      case "null" -> NullNode.getInstance();
      default -> TextNode.valueOf(strings.next(schema, variant));
    };
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      for (JsonNode one : type) {
        if (!one.asText().equalsIgnoreCase("null")) {
          return one.asText().toLowerCase(Locale.ROOT);
        }
      }
      return "null";
    }
    if (type.isTextual()) {
      return type.asText().toLowerCase(Locale.ROOT);
    }
    if (schema.has("properties") || schema.has("required")) {
      return "object";
    }
    if (schema.has("items") || schema.has("prefixItems")) {
      return "array";
    }
    return schema.has("minimum") || schema.has("maximum") ? "number" : "string";
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = Json.object();
    JsonNode properties = schema.path("properties");
    Set<String> names = new LinkedHashSet<>();
    Json.get(schema, "propertyOrdering").forEach(name -> names.add(name.asText()));
    properties.fieldNames().forEachRemaining(names::add);
    Set<String> required = new LinkedHashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    if (depth >= FULL_DEPTH) {
      names.retainAll(required);
    }
    names.removeIf(name -> !properties.has(name));
    names.addAll(required);
    JsonNode others = Json.get(schema, "additionalProperties");
    for (int i = 1; names.size() < Json.get(schema, "minProperties").asInt(0); i++) {
      names.add("property" + i);
    }
    for (String name : names) {
      object.set(name, fill(properties.has(name) ? properties.get(name) : others, depth + 1, 0));
    }
    return object;
  }

  private ArrayNode array(JsonNode schema, int depth) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    schema.path("prefixItems").forEach(item -> array.add(fill(item, depth + 1, 0)));
    int least = Json.get(schema, "minItems").asInt(0);
    int most = Json.get(schema, "maxItems").asInt(Integer.MAX_VALUE);
    int wanted = Math.min(most, Math.max(least, depth < FULL_DEPTH ? 1 : 0));
    boolean distinct = schema.path("uniqueItems").asBoolean(false);
    for (int i = array.size(); i < wanted && !schema.path("items").equals(BooleanNode.FALSE); i++) {
      array.add(fill(schema.path("items"), depth + 1, distinct ? i : 0));
    }
    return array;
  }
}
