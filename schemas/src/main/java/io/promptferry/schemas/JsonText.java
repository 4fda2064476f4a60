package io.promptferry.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/** Reads the JSON that callers put into a text field. */
final class JsonText {

  /** Where the parsers of protobuf stop by default, and the provider's are of that kind. */
  static final int MAX_DEPTH = 100;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          // A request may hold a file; it is in memory already.
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  // Read differently by every parser, and refused by protobuf's.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /** The text is no JSON object; the message says what is wrong and quotes nothing of it. */
  static final class NoObjectException extends Exception {
    private NoObjectException(String message) {
      super(message);
    }

    /** What is wrong, to be read behind the name of the field. */
    String flaw() {
      return String.valueOf(getMessage());
    }
  }

  private JsonText() {}

  /** The one JSON object that the text is. */
  static JsonNode object(String text) throws NoObjectException {
    JsonNode tree = read(text);
    if (!tree.isObject()) {
      throw new NoObjectException("must be a JSON object");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(tree.toString())) {
      // JSON can escape it, no UTF-8 file can hold it, and the whole file would be refused.
      throw new NoObjectException("holds half a surrogate pair");
    }
    return tree;
  }

  private static JsonNode read(String text) throws NoObjectException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      boolean twice = e.getOriginalMessage().startsWith("Duplicate field");
      throw new NoObjectException(
          where == null
              ? "goes past what can be read: nested more than %d deep, or a name or number too long"
                  .formatted(MAX_DEPTH)
              : "%s: line %d, column %d"
                  .formatted(
                      twice ? "names a field twice" : "is not JSON",
                      where.getLineNr(),
                      where.getColumnNr()));
    }
  }
}
