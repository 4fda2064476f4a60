package io.promptferry.local.answers;

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
   * Writes so.
   *
   * @param rows the rows that are answered; empty: answers alone
   * @throws java.io.IOException when a column of the rows has the name of one of the answer's
   */
  public AnswerLines lines(Optional<InputRows> rows) throws java.io.IOException {
    return this == CSV ? new CsvAnswers(rows) : new JsonAnswers(rows);
  }
}
