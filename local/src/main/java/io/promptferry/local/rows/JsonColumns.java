package io.promptferry.local.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a JSON object as the columns of a row. */
public final class JsonColumns {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonColumns() {}

  /**
   * In the object's order: a string as it is, null as an empty text, all else as it stands there.
   * Read as a tree, 12.50 would become 12.5 and 12345678.90 even 1.23456789E7.
   *
   * @throws JsonProcessingException when it is no JSON
   */
  public static Map<String, String> of(String object) throws IOException {
    var columns = new LinkedHashMap<String, String>();
    try (JsonParser parser = JSON.createParser(object)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        columns.put(name, text(object, parser, parser.nextToken()));
      }
    }
    return columns;
  }

  private static String text(String object, JsonParser parser, JsonToken value) throws IOException {
    if (!value.isStructStart()) {
      return value == JsonToken.VALUE_NULL ? "" : parser.getText();
    }
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    return object.substring(start, (int) parser.currentLocation().getCharOffset());
  }
}
