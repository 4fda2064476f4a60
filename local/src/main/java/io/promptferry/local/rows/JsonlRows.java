package io.promptferry.local.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON object a line; blank lines are passed over. A value that is no string is its JSON. */
final class JsonlRows implements Rows {

  private final BufferedReader lines;
  private long line;
  private int number;

  JsonlRows(Reader reader) {
    this.lines = new BufferedReader(reader);
  }

  @Override
  public Optional<Row> next() throws IOException {
    String text;
    while ((text = lines.readLine()) != null) {
      line++;
      if (!text.isBlank()) {
        number++;
        return Optional.of(row(text));
      }
    }
    return Optional.empty();
  }

  private Row row(String text) {
    String place = "line " + line;
    try {
      return new Row.Content(
          number, place, text, columns(PromptLine.object(text)), Optional.empty());
    } catch (BadLineException e) {
      return new Row.Unreadable(number, place, text, e.reason());
    }
  }

  private static Map<String, String> columns(ObjectNode object) {
    var columns = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode value = field.getValue();
      columns.put(
          field.getKey(),
          value.isNull() ? "" : value.isTextual() ? value.textValue() : value.toString());
    }
    return columns;
  }

  @Override
  public Optional<List<String>> columns() {
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
