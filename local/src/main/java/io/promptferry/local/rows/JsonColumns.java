package io.promptferry.local.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a JSON object as the columns of a row. */
public final class JsonColumns {

  private JsonColumns() {}

  /** In the object's order: a string as it is, null as an empty text, all else as its JSON. */
  public static Map<String, String> of(JsonNode object) {
    var columns = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode value = field.getValue();
      columns.put(
          field.getKey(),
          value.isNull() ? "" : value.isTextual() ? value.textValue() : value.toString());
    }
    return columns;
  }
}
