package io.promptferry.local.answers;

import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.Row;
import io.promptferry.local.rows.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How answers are written. */
public enum AnswerFormat {
  JSONL,
  CSV;

  /** What was asked for, or what the name of the file says, or JSON lines. */
  public static AnswerFormat of(@Nullable AnswerFormat wanted, @Nullable String output) {
    if (wanted != null) {
      return wanted;
    }
    return output != null && output.toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : JSONL;
  }

  /**
   * Refuses, before anything is sent, a file to which answers could not be written so.
   *
   * @throws IOException when a column of it has the name of one of the answer's, or it cannot be
   *     read
   */
  public void check(Input input) throws IOException {
    // The columns of a folder are known; standard input could not be read again.
    if (this != CSV || input.form() == Input.Form.FOLDER || input.path().isEmpty()) {
      return;
    }
    try (Rows rows = input.open(InputStream.nullInputStream())) {
      if (rows.columns().isPresent()) {
        CsvAnswers.refuseAnswers(rows.columns().get());
        return;
      }
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        CsvAnswers.refuseAnswers(next.get().columns().keySet());
      }
    }
  }

  /**
   * Writes so.
   *
   * @param rows the rows that are answered; empty: answers alone
   * @throws IOException when a column of the rows has the name of one of the answer's
   */
  public AnswerLines lines(Optional<InputRows> rows) throws IOException {
    return this == CSV ? new CsvAnswers(rows) : new JsonAnswers(rows);
  }
}
