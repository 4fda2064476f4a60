package io.promptferry.collector.result;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The API's Schema message (responseSchema, a part of OpenAPI 3.0) as a JSON Schema. What it does
 * not know is left out, so that the result asks for less and never for more.
 */
final class OpenApiSchema {

  private static final Set<String> TYPES =
      Set.of("string", "number", "integer", "boolean", "array", "object", "null");

  /** Numbers that JSON may also have as texts, by each of their names. */
  private static final Map<String, String> BOUNDS =
      Map.ofEntries(
          Map.entry("minimum", "minimum"),
          Map.entry("maximum", "maximum"),
          Map.entry("minItems", "minItems"),
          Map.entry("min_items", "minItems"),
          Map.entry("maxItems", "maxItems"),
          Map.entry("max_items", "maxItems"),
          Map.entry("minLength", "minLength"),
          Map.entry("min_length", "minLength"),
          Map.entry("maxLength", "maxLength"),
          Map.entry("max_length", "maxLength"),
          Map.entry("minProperties", "minProperties"),
          Map.entry("min_properties", "minProperties"),
          Map.entry("maxProperties", "maxProperties"),
          Map.entry("max_properties", "maxProperties"));

  private OpenApiSchema() {}

  /** The same demands in the words of JSON Schema. */
  static ObjectNode toJsonSchema(JsonNode schema) {
    ObjectNode converted = JsonNodeFactory.instance.objectNode();
    for (var field : schema.properties()) {
      JsonNode value = field.getValue();
      switch (field.getKey()) {
        case "type" -> addType(value.asText("").toLowerCase(Locale.ROOT), converted);
        case "items" -> converted.set("items", toJsonSchema(value));
        case "anyOf", "any_of" ->
            value.forEach(one -> converted.withArray("anyOf").add(toJsonSchema(one)));
        case "properties" ->
            value
                .properties()
                .forEach(
                    one ->
                        converted
                            .withObjectProperty("properties")
                            .set(one.getKey(), toJsonSchema(one.getValue())));
        case "pattern", "required" -> converted.set(field.getKey(), value);
        default ->
            Optional.ofNullable(BOUNDS.get(field.getKey()))
                .ifPresent(name -> addBound(name, value, converted));
      }
    }
    addEnum(schema, converted);
    return schema.path("nullable").asBoolean() ? orNull(converted) : converted;
  }

  private static void addType(String type, ObjectNode to) {
    if (TYPES.contains(type)) {
      to.put("type", type);
    }
  }

  private static void addBound(String name, JsonNode value, ObjectNode to) {
    if (value.isNumber()) {
      to.set(name, value);
    } else if (value.asText("").matches("-?\\d{1,18}")) {
      to.put(name, Long.parseLong(value.asText()));
    }
  }

  /**
   * Its values are texts always, for numbers too; those it lists under another type hold nobody.
   */
  private static void addEnum(JsonNode schema, ObjectNode to) {
    JsonNode values = schema.path("enum");
    if (!values.isEmpty() && to.path("type").asText().equals("string")) {
      to.set("enum", values);
    }
  }

  private static ObjectNode orNull(ObjectNode schema) {
    ObjectNode either = JsonNodeFactory.instance.objectNode();
    ArrayNode anyOf = either.putArray("anyOf");
    anyOf.addObject().put("type", "null");
    anyOf.add(schema);
    return either;
  }
}
