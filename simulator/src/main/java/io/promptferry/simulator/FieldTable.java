package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The fields that a GenerateContentRequest may have, as the API's published definitions give them
 * (see {@code fields/extract.mjs}), with what those do not have yet from a supplement.
 */
final class FieldTable {
  /** Whether a field holds one value, a list of them or a map to them. */
  enum Shape {
    ONE,
    LIST,
    MAP
  }

  /** The type is a scalar's name, "enum", a message of this table or a google.protobuf type. */
  record FieldType(Shape shape, String type) {
    static FieldType parse(String text) {
      String inner = text.substring(1, text.length() - 1);
      return switch (text.charAt(0)) {
        case '[' -> new FieldType(Shape.LIST, inner);
        case '{' -> new FieldType(Shape.MAP, inner);
        default -> new FieldType(Shape.ONE, text);
      };
    }
  }

  static final String ROOT = "GenerateContentRequest";

  private final Map<String, Map<String, FieldType>> messages = new HashMap<>();

  private FieldTable() {}

  static FieldTable load() {
    FieldTable table = new FieldTable();
    table.add("fields.json");
    table.add("fields-supplement.json");
    return table;
  }

  private void add(String resource) {
    try (InputStream in = FieldTable.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      JsonNode published = Json.MAPPER.readTree(in).path("messages");
      published
          .properties()
          .forEach(
              message -> {
                Map<String, FieldType> fields =
                    messages.computeIfAbsent(message.getKey(), name -> new HashMap<>());
                message
                    .getValue()
                    .properties()
                    .forEach(
                        field ->
                            fields.put(field.getKey(), FieldType.parse(field.getValue().asText())));
              });
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read", e);
    }
  }

  boolean isMessage(String type) {
    return messages.containsKey(type);
  }

  /** The fields of a message, under every name that JSON may use. */
  Map<String, FieldType> fields(String message) {
    return messages.getOrDefault(message, Map.of());
  }
}
