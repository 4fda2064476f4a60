package io.promptferry.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file answered by the whole stack. */
class RunIT {

  private static final int ROWS = 300;

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private InputStream in = InputStream.nullInputStream();

  @Test
  @Timeout(180)
  void aFileIsAnsweredInItsOrderAndNoRowIsSentTwice() throws Exception {
    StackSettings settings =
        StackSettings.defaults(folder.resolve("stack"))
            .withDelays(Duration.ofMillis(100), Duration.ofMillis(200));
    Path input = Files.writeString(folder.resolve("rows.csv"), csv());
    Path output = folder.resolve("answers.csv");
    List<String> words =
        List.of(
            "run",
            "--input=" + input,
            "--prompt=One line: {review}",
            "--key={product}",
            "--output=" + output);
    try (LocalStack stack = LocalStack.start(settings, step -> {})) {
      // Before a batch can have ended.
      stack.service("collector").kill();
      assertThat(run(stack, words, "--timeout=1s")).as(text(err)).isEqualTo(1);
      assertThat(text(err)).contains("0 of 300 answers", "300 are missing", "waits again");
      assertThat(rows(output))
          .hasSize(ROWS)
          .allSatisfy(row -> assertThat(row).containsEntry("answer_status", ""));

      stack.restart("collector");
      assertThat(run(stack, words)).as(text(err)).isZero();
      assertThat(text(err))
          .contains("was sent before, at ", " rows; going on to their answers")
          .doesNotContain("rows sent, ", "--again");
      assertThat(text(out)).contains("300 of 300 answers in " + output);
      checkInOrder(output);

      String[] joined = {"--input=" + input, "--format=jsonl"};
      assertThat(run(stack, List.of("consume"), joined)).as(text(err)).isZero();
      checkJoined();

      rowsThatAreNotSentStandBesideTheRest(stack);
      standardInputIsSentToItsLastRow(stack);

      answersOfAnotherClusterAreNotWaitedFor(stack);

      stack.service("batcher").kill();
      Path other = Files.writeString(folder.resolve("other.csv"), "product,review\na,b\n");
      assertThat(run(stack, List.of("produce"), "--input=" + other, "--prompt={review}")).isZero();
      assertThat(run(stack, List.of("consume"), "--input=" + other, "--timeout=1s")).isEqualTo(1);
      assertThat(text(err)).contains("1 of 1 answers are missing: nothing came for 1 s");
    }
  }

  private void answersOfAnotherClusterAreNotWaitedFor(LocalStack stack) throws IOException {
    Path input = Files.writeString(folder.resolve("there.csv"), "product,review\na,b\n");
    assertThat(run(stack, List.of("produce"), "--input=" + input, "--prompt={review}")).isZero();
    Path state = folder.resolve("there.csv.promptferry.json");
    Files.writeString(
        state,
        Files.readString(state).replaceAll("\"cluster\":\"[^\"]+\"", "\"cluster\":\"other\""));
    assertThat(run(stack, List.of("consume"), "--input=" + input)).isEqualTo(1);
    assertThat(text(err)).contains(" went to another cluster (other): name that one with");
  }

  private void rowsThatAreNotSentStandBesideTheRest(LocalStack stack) throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("mixed.jsonl"),
            "{\"review\":\n{\"review\":\"Good.\",\"stars\":5}\n{\"review\":\" \",\"stars\":null}\n");
    Path output = folder.resolve("mixed-answers.jsonl");
    Path bad = folder.resolve("mixed.jsonl.bad.jsonl");
    List<String> words =
        List.of("run", "--input=" + input, "--prompt={review}", "--output=" + output);
    for (int time = 1; time <= 2; time++) {
      assertThat(run(stack, words)).as(text(err)).isEqualTo(1);
      assertThat(text(out))
          .isEqualTo(
              "1 of 1 answers in %s; 2 more rows have none there, for they were not sent: see %s%n"
                  .formatted(output, bad));
      assertThat(Files.readAllLines(bad)).hasSize(2);
      List<String> lines = Files.readAllLines(output);
      assertThat(lines).hasSize(3);
      assertThat(lines.get(0))
          .isEqualTo("{\"row\":1,\"input\":{},\"text\":\"{\\\"review\\\":\",\"answer\":null}");
      assertThat(lines.get(1))
          .startsWith("{\"row\":2,\"input\":{\"review\":\"Good.\",\"stars\":5},\"answer\":{");
      assertThat(lines.get(2))
          .isEqualTo("{\"row\":3,\"input\":{\"review\":\" \",\"stars\":null},\"answer\":null}");
    }
  }

  private void standardInputIsSentToItsLastRow(LocalStack stack) throws IOException {
    List<String> words = List.of("produce", "--input=-", "--input-format=csv", "--prompt={text}");
    in = buffered("id,text\n1,a\n2,b\n3,c\n");
    assertThat(run(stack, words)).as(text(err)).isZero();
    assertThat(text(out)).isEqualTo("prompts sent: 3%n".formatted());

    in = buffered("id,text\n");
    assertThat(run(stack, words)).isEqualTo(1);
    assertThat(text(err)).contains("promptferry produce: standard input has no rows");

    // At once: the batcher would have to answer nothing.
    Path empty = Files.writeString(folder.resolve("empty.csv"), "id,text\n");
    List<String> run = List.of("run", "--input=" + empty, "--prompt={text}");
    assertThat(run(stack, run, "--output=" + folder.resolve("none.csv"))).isEqualTo(1);
    assertThat(text(err)).contains(empty + " has no rows; nothing was sent");
  }

  /** As the machine's own, which says no more how much is there once it is closed. */
  private static InputStream buffered(String text) {
    return new BufferedInputStream(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static void checkInOrder(Path output) throws IOException {
    List<Map<String, String>> answers = rows(output);
    assertThat(answers)
        .extracting(answer -> answer.get("product") + "/" + answer.get("review"))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, ROWS)
                .mapToObj(row -> product(row) + "/" + review(row))
                .toList());
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer).containsEntry("answer_status", "SUCCEEDED");
              assertThat(answer.get("answer_text")).isNotBlank();
              assertThat(answer.get("answer_input_tokens")).matches("[1-9][0-9]*");
            });
  }

  private void checkJoined() throws IOException {
    List<String> lines = text(out).lines().toList();
    assertThat(lines).hasSize(ROWS);
    for (String line : lines) {
      JsonNode json = new ObjectMapper().readTree(line);
      int row = json.get("row").intValue();
      assertThat(json.get("input").get("review").textValue()).isEqualTo(review(row));
      assertThat(json.get("answer").get("id").textValue()).matches("prompts-[0-9]+-[0-9]+");
      assertThat(json.get("answer").get("key").textValue()).isEqualTo(product(row));
    }
  }

  private static List<Map<String, String>> rows(Path csv) throws IOException {
    try (MappingIterator<Map<String, String>> rows =
        new CsvMapper()
            .readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader())
            .readValues(csv.toFile())) {
      return rows.readAll();
    }
  }

  private static String csv() {
    var csv = new StringBuilder("product,review\n");
    IntStream.rangeClosed(1, ROWS)
        .forEach(row -> csv.append(product(row)).append(",\"").append(review(row)).append("\"\n"));
    return csv.toString();
  }

  private static String product(int row) {
    return "product " + row % 5;
  }

  private static String review(int row) {
    return "Row " + row + ",\nof two lines.";
  }

  private int run(LocalStack stack, List<String> words, String... more) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    all.addAll(List.of("--bootstrap", stack.bootstrapServers(), "--registry", stack.registryUrl()));
    var here =
        new Surroundings(
            Map.of(),
            Clock.systemUTC(),
            in,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return Commands.of(here).execute(all.toArray(String[]::new));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8);
  }
}
