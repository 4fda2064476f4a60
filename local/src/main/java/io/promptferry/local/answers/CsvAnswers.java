package io.promptferry.local.answers;

import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  private static final CsvMapper CSV =
      CsvMapper.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();

  private final Optional<InputRows> rows;
  private final List<String> columns;

  CsvAnswers(Optional<InputRows> rows) throws IOException {
    this.rows = rows;
    this.columns = rows.map(InputRows::names).orElse(ALONE);
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
    try {
      return Optional.of(csv(names));
    } catch (IOException e) {
      throw new IllegalStateException("names of columns make no CSV", e);
    }
  }

  @Override
  public String line(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException {
    PromptResponse response = answer.value();
    var fields = new ArrayList<String>();
    if (rows.isPresent()) {
      Map<String, String> of = rows.get().columns(row);
      columns.forEach(column -> fields.add(of.getOrDefault(column, "")));
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
    return csv(fields);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String csv(List<String> fields) throws IOException {
    return CSV.writer().writeValueAsString(fields.toArray(String[]::new)).stripTrailing();
  }
}
