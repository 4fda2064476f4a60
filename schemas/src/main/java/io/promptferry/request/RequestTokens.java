package io.promptferry.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * The estimate for a whole request: all its texts, names of fields included, since those of tools
 * and schemas are seen by the model; its media by type and size.
 */
final class RequestTokens {

  /** How much a cachedContent holds is known to the provider alone, and the model reads it too. */
  static final long CACHED = 32_768;

  private RequestTokens() {}

  static long of(String request) {
    try {
      JsonNode tree = RequestLine.JSON.readTree(request);
      boolean cached = tree.hasNonNull("cachedContent") || tree.hasNonNull("cached_content");
      return of(tree) + (cached ? CACHED : 0);
    } catch (JsonProcessingException e) {
      // Validation refuses it; its text is the most that there is to count.
      return TokenEstimate.of(request);
    }
  }

  private static long of(JsonNode node) {
    if (node.isValueNode()) {
      return TokenEstimate.of(node.asText());
    }
    long sum = 0;
    for (var field : node.properties()) {
      sum += TokenEstimate.of(field.getKey()) + field(field.getKey(), field.getValue());
    }
    if (node.isArray()) {
      for (JsonNode element : node) {
        sum += of(element);
      }
    }
    return sum;
  }

  private static long field(String name, JsonNode value) {
    return switch (name) {
      // Three bytes are four digits of base64.
      case "inlineData", "inline_data" ->
          MediaTokens.ofBytes(mimeType(value), value.path("data").asText("").length() * 3L / 4);
      case "fileData", "file_data" -> MediaTokens.ofFile(mimeType(value));
      default -> of(value);
    };
  }

  private static String mimeType(JsonNode media) {
    return media.path("mimeType").asText(media.path("mime_type").asText(""));
  }
}
