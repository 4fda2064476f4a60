package io.promptferry.local.answers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.JsonColumns;
import io.promptferry.local.rows.Row;
import io.promptferry.local.rows.Rows;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All rows of an input, those that could not be read included, by the number of the row. */
public final class InputRows implements Closeable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPLY_TO = "replyTo";

  private final Input.Form form;
  private final Spool objects = new Spool();
  private final Spool unreadable = new Spool();
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> replyTo = new LinkedHashSet<>();
  private int count;

  private InputRows(Input.Form form) throws IOException {
    this.form = form;
  }

  /** Reads a file or folder whole. */
  public static InputRows read(Input input) throws IOException {
    var read = new InputRows(input.form());
    try (Rows rows = input.open(InputStream.nullInputStream())) {
      rows.columns().ifPresent(read.names::addAll);
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        read.add(next.get());
      }
      return read;
    } catch (IOException | RuntimeException e) {
      read.close();
      throw e;
    }
  }

  private void add(Row row) throws IOException {
    count = row.number();
    Map<String, String> columns = new LinkedHashMap<>(row.columns());
    if (form == Input.Form.FOLDER) {
      // Long, and the file itself has it.
      columns.remove("text");
    }
    names.addAll(columns.keySet());
    Optional.ofNullable(columns.get(REPLY_TO)).ifPresent(replyTo::add);
    boolean isObject = form == Input.Form.JSONL && row instanceof Row.Content;
    objects.put(count, isObject ? row.text().strip() : JSON.writeValueAsString(columns));
    if (row instanceof Row.Unreadable && !row.text().isEmpty()) {
      unreadable.put(count, row.text());
    }
  }

  /** All columns that any row has. */
  List<String> names() {
    return new ArrayList<>(names);
  }

  /** The topics that rows want their answers on. */
  public Set<String> replyTo() {
    return Set.copyOf(replyTo);
  }

  /** How many rows there are; they are numbered from 1. */
  int count() {
    return count;
  }

  /** The row as a JSON object: of JSON lines the line itself, else its columns. */
  String json(int row) throws IOException {
    return objects.get(row).orElse("{}");
  }

  /** The row's columns as texts. */
  Map<String, String> columns(int row) throws IOException {
    return JsonColumns.of(json(row));
  }

  /** The text of a row that could not be read. */
  Optional<String> unreadable(int row) throws IOException {
    return unreadable.get(row);
  }

  @Override
  public void close() throws IOException {
    objects.close();
    unreadable.close();
  }
}
