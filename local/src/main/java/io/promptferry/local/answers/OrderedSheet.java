package io.promptferry.local.answers;

import io.promptferry.records.PromptResponse;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A file of answers in the order of the input, which is there whole or not at all: who asked for
 * their file answered lays the two side by side.
 */
public final class OrderedSheet implements Collecting.Sheet, Closeable {

  private final InputRows rows;
  private final AnswerLines lines;
  private final Spool spool = new Spool();

  public OrderedSheet(InputRows rows, AnswerFormat format) throws IOException {
    this.rows = rows;
    this.lines = format.lines(Optional.of(rows));
  }

  @Override
  public void add(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException {
    spool.put(row, lines.line(row, answer));
  }

  /** Writes every row, with its answer if that has come, over what was in the file before. */
  public void write(Path output) throws IOException {
    Path whole = output.toAbsolutePath();
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    try (BufferedWriter out = Files.newBufferedWriter(part)) {
      if (lines.header().isPresent()) {
        out.write(lines.header().get() + "\n");
      }
      for (int row = 1; row <= rows.count(); row++) {
        Optional<String> answered = spool.get(row);
        out.write((answered.isPresent() ? answered.get() : lines.unanswered(row)) + "\n");
      }
    }
    Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
