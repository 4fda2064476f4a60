package io.promptferry.local.answers;

import io.promptferry.local.rows.CsvLine;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The row's columns, or the key and the id, and behind them the answer's. */
final class CsvAnswers implements AnswerLines {

  /** Tokens of output with those of thinking, as they are billed. */
  private static final List<String> ANSWER =
      List.of(
          "answer_text",
          "answer_status",
          "answer_error",
          "answer_input_tokens",
          "answer_output_tokens");

  private static final List<String> ALONE = List.of("key", "id");

  private final Optional<InputRows> rows;
  private final List<String> columns;

  CsvAnswers(Optional<InputRows> rows) throws IOException {
    this.rows = rows;
    this.columns = rows.map(InputRows::names).orElse(ALONE);
    refuseAnswers(columns);
  }

  /**
   * Refuses columns of an input.
   *
   * @throws IOException when one has the name of one of the answer's
   */
  static void refuseAnswers(Collection<String> columns) throws IOException {
    for (String column : ANSWER) {
      if (columns.contains(column)) {
        throw new IOException(
            "the input has a column %s already: rename it, or write --format jsonl"
                .formatted(column));
      }
    }
  }

  @Override
  public Optional<String> header() {
    var names = new ArrayList<>(columns);
    names.addAll(ANSWER);
    return Optional.of(CsvLine.of(names));
  }

  @Override
  public String line(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException {
    PromptResponse response = answer.value();
    var fields = new ArrayList<String>();
    if (rows.isPresent()) {
      fields.addAll(fields(rows.get(), row));
    } else {
      byte[] key = answer.key();
      fields.add(key == null ? "" : new String(key, StandardCharsets.UTF_8));
      fields.add(response.getId());
    }
    Usage usage = response.getUsage();
    fields.add(text(response.getText()));
    fields.add(response.getStatus().name());
    fields.add(response.getError() == null ? "" : response.getError().getReason());
    fields.add(usage == null ? "" : Long.toString(usage.getPromptTokens()));
    fields.add(
        usage == null ? "" : Long.toString(usage.getOutputTokens() + usage.getThinkingTokens()));
    return CsvLine.of(fields);
  }

  @Override
  public String unanswered(int row) throws IOException {
    List<String> fields = fields(rows.orElseThrow(), row);
    ANSWER.forEach(column -> fields.add(""));
    return CsvLine.of(fields);
  }

  private List<String> fields(InputRows of, int row) throws IOException {
    Map<String, String> known = of.columns(row);
    var fields = new ArrayList<String>();
    columns.forEach(column -> fields.add(known.getOrDefault(column, "")));
    return fields;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
