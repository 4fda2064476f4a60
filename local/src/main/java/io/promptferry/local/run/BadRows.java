package io.promptferry.local.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.rows.Row;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows that were not sent and why: in a file beside the input, one JSON object a line, made
 * when the first is met; the first few are told too.
 */
final class BadRows implements Closeable {

  private static final int TOLD = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Optional<Path> file;
  private final Consumer<String> tell;
  private @Nullable BufferedWriter out;
  private int count;

  /**
   * @param file empty: they are told only
   */
  BadRows(Optional<Path> file, Consumer<String> tell) throws IOException {
    this.file = file;
    this.tell = tell;
    if (file.isPresent()) {
      // Of an earlier run of the same input; what is still bad is met again.
      Files.deleteIfExists(file.get());
    }
  }

  void add(Row row, String reason) throws IOException {
    count++;
    if (count <= TOLD || file.isEmpty()) {
      tell.accept(row.place() + ": " + reason);
    } else if (count == TOLD + 1) {
      tell.accept("further rows that are not sent stand in " + file.get());
    }
    if (file.isPresent()) {
      if (out == null) {
        out = Files.newBufferedWriter(file.get());
      }
      out.write(line(row, reason));
      out.newLine();
    }
  }

  private static String line(Row row, String reason) throws JsonProcessingException {
    ObjectNode line = JSON.createObjectNode();
    line.put("row", row.number()).put("place", row.place()).put("reason", reason);
    if (!row.text().isEmpty()) {
      line.put("text", row.text());
    } else if (row instanceof Row.Content content && content.media().isEmpty()) {
      line.set("columns", JSON.valueToTree(content.columns()));
    }
    return JSON.writeValueAsString(line);
  }

  int count() {
    return count;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
