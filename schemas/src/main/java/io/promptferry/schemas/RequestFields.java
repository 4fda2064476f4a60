package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields that a GenerateContentRequest may have, as the API's published definitions give them:
 * {@code request-fields.json}, which {@code simulator/fields/extract.mjs} writes.
 */
final class RequestFields {

  /** Whether a field holds one value, a list of them or a map to them. */
  enum Shape {
    ONE,
    LIST,
    MAP
  }

  /** The type is a scalar's name, "enum", a message of this table or a google.protobuf type. */
  record FieldType(Shape shape, String type) {

    private static FieldType parse(String text) {
      return switch (text.charAt(0)) {
        case '[' -> new FieldType(Shape.LIST, text.substring(1, text.length() - 1));
        case '{' -> new FieldType(Shape.MAP, text.substring(1, text.length() - 1));
        default -> new FieldType(Shape.ONE, text);
      };
    }
  }

  static final String ROOT = "GenerateContentRequest";
  static final RequestFields PUBLISHED = load("request-fields.json");

  private final Map<String, Map<String, FieldType>> messages = new HashMap<>();
  private final Map<String, List<Set<String>>> choices = new HashMap<>();

  private RequestFields() {}

  boolean isMessage(String type) {
    return messages.containsKey(type);
  }

  /** The messages of the table. */
  Set<String> messages() {
    return messages.keySet();
  }

  /** The fields of a message, under every name that JSON may use. */
  Map<String, FieldType> of(String message) {
    return messages.getOrDefault(message, Map.of());
  }

  /** Fields of a message, in camelCase, of which one at most may be set. */
  List<Set<String>> choices(String message) {
    return choices.getOrDefault(message, List.of());
  }

  private static RequestFields load(String resource) {
    try (InputStream in = RequestFields.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      var table = new RequestFields();
      JsonNode published = new ObjectMapper().readTree(in);
      published.path("messages").properties().forEach(table::addMessage);
      published.path("oneofs").properties().forEach(table::addChoices);
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read", e);
    }
  }

  private void addMessage(Map.Entry<String, JsonNode> message) {
    var fields = new HashMap<String, FieldType>();
    for (var field : message.getValue().properties()) {
      fields.put(field.getKey(), FieldType.parse(field.getValue().asText()));
    }
    messages.put(message.getKey(), fields);
  }

  private void addChoices(Map.Entry<String, JsonNode> message) {
    var sets = new ArrayList<Set<String>>();
    for (JsonNode choice : message.getValue()) {
      var names = new HashSet<String>();
      choice.forEach(name -> names.add(name.asText()));
      sets.add(names);
    }
    choices.put(message.getKey(), sets);
  }
}
