package io.promptferry.local.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CSV as RFC 4180 has it, with commas; its first line names the columns. */
final class CsvRows implements Rows {

  // Standard input is asked for more behind the last row too, and must not be closed by then.
  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  private final String name;
  private final Reader reader;
  private final CsvParser parser;
  private final List<String> header;
  private long line;
  private int number;

  /**
   * Reads the header.
   *
   * @param name of the input, for messages
   * @throws BadInputException when there is none, or a column has no name or that of another
   */
  CsvRows(String name, Reader reader) throws IOException {
    this.name = name;
    this.reader = reader;
    parser = CSV.getFactory().createParser(reader);
    try {
      header =
          fields()
              .orElseThrow(
                  () ->
                      new BadInputException(
                          name + " is empty: its first line must name the columns"));
    } catch (JsonProcessingException e) {
      throw new BadInputException(
          "%s has no good header: %s".formatted(name, e.getOriginalMessage()), e);
    }
    for (int i = 0; i < header.size(); i++) {
      String column = header.get(i);
      if (column.isBlank() || header.indexOf(column) < i) {
        throw new BadInputException(
            "column %d of %s has %s: the first line must name each column differently"
                .formatted(i + 1, name, column.isBlank() ? "no name" : "the name of another"));
      }
    }
  }

  @Override
  public Optional<Row> next() throws IOException {
    try {
      return fields().map(this::row);
    } catch (JsonProcessingException e) {
      // Where the next row begins is unknown then.
      throw new BadInputException(
          "%s cannot be read from line %d on: a quote is never closed there, or one in a quoted field is not doubled (%s)"
              .formatted(name, line, e.getOriginalMessage()),
          e);
    }
  }

  private Row row(List<String> fields) {
    number++;
    String place = "line " + line;
    if (fields.size() != header.size()) {
      return new Row.Unreadable(
          number,
          place,
          CsvLine.of(fields),
          Map.of(),
          "has %d fields where the first line names %d columns: is a field missing, or one with a comma not quoted?"
              .formatted(fields.size(), header.size()));
    }
    Map<String, String> columns = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      columns.put(header.get(i), fields.get(i));
    }
    return new Row.Content(number, place, "", columns, Optional.empty());
  }

  private Optional<List<String>> fields() throws IOException {
    // A row is an array.
    if (parser.nextToken() == null) {
      return Optional.empty();
    }
    line = parser.currentLocation().getLineNr();
    var fields = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      fields.add(parser.getText());
    }
    return Optional.of(fields);
  }

  @Override
  public Optional<List<String>> columns() {
    return Optional.of(header);
  }

  @Override
  public void close() throws IOException {
    parser.close();
    reader.close();
  }
}
