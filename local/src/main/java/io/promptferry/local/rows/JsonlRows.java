package io.promptferry.local.rows;

import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON object a line; blank lines are passed over. */
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

  private Row row(String text) throws IOException {
    String place = "line " + line;
    try {
      PromptLine.object(text);
      return new Row.Content(number, place, text, JsonColumns.of(text), Optional.empty());
    } catch (BadLineException e) {
      return new Row.Unreadable(number, place, text, Map.of(), e.reason());
    }
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
