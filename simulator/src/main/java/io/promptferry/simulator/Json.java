package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as protobuf has it: every field under two names. */
final class Json {
  // A line may carry a whole file as base64; the bound on a line's length is RequestFile's.
  static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(RequestFile.MAX_LINE_BYTES)
                      .build())
              .build());

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The field in camelCase or, where that is absent, in snake_case; a missing node if neither. */
  static JsonNode get(JsonNode node, String camelCase) {
    JsonNode value = node.path(camelCase);
    return value.isMissingNode() ? node.path(snakeCase(camelCase)) : value;
  }

  static String snakeCase(String camelCase) {
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c)) {
        snake.append('_').append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }
}
