package io.promptferry.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/**
 * Passes a whole request through, token by token: numbers keep their digits, which a tree would
 * round or write otherwise, and line feeds between tokens go.
 */
final class RawRequest {

  /** Reads texts of any length: a request may hold a file, and is in memory already. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /** The job names the model; a line's request has none. */
  private static final String MODEL = "model";

  private RawRequest() {}

  /** Writes the request as the generator's next value, without its model. */
  static void copy(String request, JsonGenerator out) throws IOException {
    try (JsonParser in = FACTORY.createParser(request)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(in, "not an object");
      }
      out.writeStartObject();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals(MODEL)) {
          in.skipChildren();
        } else {
          out.writeFieldName(name);
          value(in, out);
        }
      }
      out.writeEndObject();
    }
  }

  private static void value(JsonParser in, JsonGenerator out) throws IOException {
    int depth = 0;
    do {
      JsonToken token = in.currentToken();
      if (token.isNumeric()) {
        out.writeNumber(in.getText());
      } else {
        out.copyCurrentEvent(in);
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } while (depth > 0 && in.nextToken() != null);
  }
}
