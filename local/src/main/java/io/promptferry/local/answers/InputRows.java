package io.promptferry.local.answers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.rows.Input;
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

/** The columns of an input's rows, by the number of the row. */
public final class InputRows implements Closeable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, String>> COLUMNS =
      new TypeReference<>() {};
  private static final String REPLY_TO = "replyTo";

  private final Spool spool = new Spool();
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> replyTo = new LinkedHashSet<>();
  private int last;

  private InputRows() throws IOException {}

  /** Reads a file or folder whole. */
  public static InputRows read(Input input) throws IOException {
    var read = new InputRows();
    try (Rows rows = input.open(InputStream.nullInputStream())) {
      rows.columns().ifPresent(read.names::addAll);
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        if (next.get() instanceof Row.Content row) {
          read.names.addAll(row.columns().keySet());
          Optional.ofNullable(row.columns().get(REPLY_TO)).ifPresent(read.replyTo::add);
          read.spool.put(row.number(), JSON.writeValueAsString(row.columns()));
          read.last = row.number();
        }
      }
      // Long, and the file itself has it.
      if (input.form() == Input.Form.FOLDER) {
        read.names.remove("text");
      }
      return read;
    } catch (IOException | RuntimeException e) {
      read.close();
      throw e;
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

  /** The number of the last row that could be read. */
  int last() {
    return last;
  }

  Map<String, String> columns(int row) throws IOException {
    Optional<String> json = spool.get(row);
    Map<String, String> columns = json.isEmpty() ? Map.of() : JSON.readValue(json.get(), COLUMNS);
    columns.keySet().retainAll(names);
    return columns;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
