package io.promptferry.local.answers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.rows.Input;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.records.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies beside the input: every row of it. */
class OrderedSheetTest {

  private static final String ANSWER_COLUMNS =
      ",answer_text,answer_status,answer_error,answer_input_tokens,answer_output_tokens";

  @TempDir Path folder;

  @Test
  void csvHasEveryRowInOrderAlsoThoseWithoutAnAnswer() throws Exception {
    Path input = file("a.csv", "id,text\n1,\"a, b\"\n2,not,sent\n3,\n4,late\n5,last\n6\n");
    assertThat(write(input, AnswerFormat.CSV, 5, 1))
        .containsExactly(
            "id,text" + ANSWER_COLUMNS,
            "1,\"a, b\",\"answer, 1\",SUCCEEDED,,3,9",
            ",,,,,,",
            "3,,,,,,",
            "4,late,,,,,",
            "5,last,\"answer, 5\",SUCCEEDED,,3,9",
            ",,,,,,");
  }

  @Test
  void jsonLinesHaveNullForAnAnswerAndTheTextOfARowThatCouldNotBeRead() throws Exception {
    Path input = file("a.csv", "id,text\n1,a\n2,\"b, c\",d\n3,e\n");
    List<String> lines = write(input, AnswerFormat.JSONL, 1);
    assertThat(lines).hasSize(3);
    JsonNode first = json(lines.get(0));
    assertThat(first.get("input")).isEqualTo(json("{\"id\":\"1\",\"text\":\"a\"}"));
    assertThat(first.get("answer").get("text").textValue()).isEqualTo("answer, 1");
    assertThat(first.has("text")).isFalse();
    assertThat(json(lines.get(1)))
        .isEqualTo(json("{\"row\":2,\"input\":{},\"text\":\"2,\\\"b, c\\\",d\",\"answer\":null}"));
    assertThat(json(lines.get(2)))
        .isEqualTo(json("{\"row\":3,\"input\":{\"id\":\"3\",\"text\":\"e\"},\"answer\":null}"));
  }

  @Test
  void jsonLinesOfJsonLinesKeepEveryValueAsItWas() throws Exception {
    String object =
        "{\"n\": 1.10, \"big\":12345678901234567890.5,\"o\":{\"a\":[1,null]},\"z\":null}";
    Path input = file("a.jsonl", " " + object + " \n{\"n\n");
    List<String> lines = write(input, AnswerFormat.JSONL, 1);
    assertThat(lines.get(0)).startsWith("{\"row\":1,\"input\":" + object + ",\"answer\":{\"id\":");
    assertThat(lines.get(1))
        .isEqualTo("{\"row\":2,\"input\":{},\"text\":\"{\\\"n\",\"answer\":null}");
  }

  @Test
  void csvOfJsonLinesHasTheirValuesAsTexts() throws Exception {
    Path input =
        file(
            "a.jsonl",
            "{\"a\":12345678.90,\"b\":{\"c\":[1]}}\n{\"a\":null}\nno JSON\n{\"d\":\"x\"}\n");
    assertThat(write(input, AnswerFormat.CSV, 1))
        .containsExactly(
            "a,b,d" + ANSWER_COLUMNS,
            "12345678.90,\"{\"\"c\"\":[1]}\",,\"answer, 1\",SUCCEEDED,,3,9",
            ",,,,,,,",
            ",,,,,,,",
            ",,x,,,,,");
  }

  @Test
  void aFileThatIsNeitherTextNorImageIsNamed() throws Exception {
    Files.createDirectory(folder.resolve("in"));
    Files.write(folder.resolve("in/a.bin"), new byte[] {(byte) 0xff});
    Files.writeString(folder.resolve("in/b.txt"), "text");
    Path input = folder.resolve("in");
    assertThat(write(input, AnswerFormat.CSV, 2))
        .containsExactly(
            "file,name" + ANSWER_COLUMNS, "a.bin,a,,,,,", "b.txt,b,\"answer, 2\",SUCCEEDED,,3,9");
    assertThat(write(input, AnswerFormat.JSONL, 2).get(0))
        .isEqualTo("{\"row\":1,\"input\":{\"file\":\"a.bin\",\"name\":\"a\"},\"answer\":null}");
  }

  /** The lines of the sheet once some rows were answered. */
  private List<String> write(Path input, AnswerFormat format, int... answered) throws IOException {
    Path output = folder.resolve("output");
    try (var rows = InputRows.read(Input.of(input.toString(), null));
        var sheet = new OrderedSheet(rows, format)) {
      for (int row : answered) {
        sheet.add(row, answer(row));
      }
      sheet.write(output);
    }
    return Files.readAllLines(output);
  }

  private static ConsumerRecord<byte[], PromptResponse> answer(int row) {
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId("row-" + row)
            .setStatus(Status.SUCCEEDED)
            .setText("answer, " + row)
            .setUsage(
                Usage.newBuilder()
                    .setPromptTokens(3)
                    .setOutputTokens(4)
                    .setThinkingTokens(5)
                    .build())
            .setPromptedAt(Instant.EPOCH)
            .build();
    return new ConsumerRecord<>("responses", 0, row, "k".getBytes(UTF_8), response);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }
}
