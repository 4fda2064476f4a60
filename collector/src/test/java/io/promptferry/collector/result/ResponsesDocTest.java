package io.promptferry.collector.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.PromptResponse;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.HeaderNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/responses.md says what the code does. {@code mvn -pl collector test -Dtest=ResponsesDocTest
 * -Dpromptferry.docs.write=true} writes its generated tables; the others are held to the code row
 * by row.
 */
class ResponsesDocTest {

  private static final Path FILE = Path.of("../docs/responses.md");
  private static final Pattern GENERATED =
      Pattern.compile(
          "(<!-- Generated[^\n]*-->\n\\| %s [^\n]*\n\\|[^\n]*\n)((?:\\|[^\n]*\n)*)(<!-- end -->)");

  record Row(String line, String askedFor, String outcome) {}

  @BeforeAll
  static void write() throws IOException {
    if (Boolean.getBoolean("promptferry.docs.write")) {
      String text = Files.readString(FILE);
      text = generated("finishReason").matcher(text).replaceFirst("$1" + finishReasons() + "$3");
      text = generated("code").matcher(text).replaceFirst("$1" + codes() + "$3");
      Files.writeString(FILE, text);
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineMeansWhatTheTableSays(Row row) throws IOException {
    Outcome outcome = Classifier.classify(row.line().getBytes(UTF_8), expectation(row.askedFor()));

    assertThat(told(outcome)).isEqualTo(row.outcome());
  }

  @Test
  void theTableOfFinishReasonsIsTheCodes() throws IOException {
    assertThat(table("finishReason")).isEqualTo(finishReasons());
  }

  @Test
  void theTableOfCodesIsTheCodes() throws IOException {
    assertThat(table("code")).isEqualTo(codes());
  }

  @Test
  void everyReasonHasItsAdviceAndItsFate() throws IOException {
    List<List<String>> rows = rows("What each failure asks of you").toList();

    assertThat(rows.stream().map(cells -> unquoted(cells.get(0)) + ": " + cells.get(1)))
        .containsExactlyElementsOf(
            Arrays.stream(ErrorReason.values())
                .map(reason -> reason + ": " + reason.fate().told())
                .toList());
    assertThat(rows).allSatisfy(cells -> assertThat(cells).hasSize(4).doesNotContain(""));
  }

  @Test
  void theReservedHeadersAreThoseThatAnAnswerDoesNotTakeOver() throws IOException {
    String told = Files.readString(FILE).replaceFirst("(?s).*\nReserved are ", "");

    assertThat(
            Pattern.compile("`([^`]+)`")
                .matcher(told.substring(0, told.indexOf("\n\n")))
                .results()
                .map(name -> name.group(1)))
        .containsExactlyInAnyOrderElementsOf(HeaderNames.RESERVED);
  }

  @Test
  void everyFieldIsExplained() throws IOException {
    List<String> named = rows("Fields").map(cells -> unquoted(cells.get(0))).toList();

    assertThat(named.stream().map(name -> name.replaceFirst("\\..*", "")).distinct())
        .containsExactlyElementsOf(
            PromptResponse.getClassSchema().getFields().stream().map(Schema.Field::name).toList());
  }

  static List<Row> lines() throws IOException {
    return rows("Classification")
        .map(
            cells ->
                new Row(unquoted(cells.get(0)), unquoted(cells.get(1)), unquoted(cells.get(2))))
        .toList();
  }

  private static Expectation expectation(String askedFor) throws JsonProcessingException {
    return switch (askedFor) {
      case "" -> Expectation.NONE;
      case "JSON" -> JsonExpectation.JSON;
      case "schema" ->
          JsonExpectation.fitting(
              new ObjectMapper()
                  .readTree(
                      "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"number\"}},"
                          + "\"required\":[\"n\"]}"));
      default -> throw new AssertionError("no such thing to ask for: " + askedFor);
    };
  }

  private static String told(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed ? failed.reason().name() : "SUCCEEDED";
  }

  private static String finishReasons() {
    String answered = "| `STOP`, none | SUCCEEDED | |\n";
    String cutOff =
        "| `MAX_TOKENS` | `ANSWER_CUT_OFF` | %s |\n"
            .formatted(ErrorReason.ANSWER_CUT_OFF.fate().told());
    return answered
        + cutOff
        + FinishReasons.FAILURES.entrySet().stream()
            .sorted(
                Map.Entry.<String, ErrorReason>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(
                entry ->
                    "| `%s` | `%s` | %s |\n"
                        .formatted(
                            entry.getKey(), entry.getValue(), entry.getValue().fate().told()))
            .collect(Collectors.joining());
  }

  private static String codes() {
    return Arrays.stream(RpcCode.values())
        .map(
            code ->
                "| %d `%s` | %s | %s | %s |\n"
                    .formatted(
                        code.number(),
                        code,
                        https(code),
                        code == RpcCode.OK ? "no error" : "`" + code.reason() + "`",
                        code == RpcCode.OK ? "" : code.reason().fate().told()))
        .collect(Collectors.joining());
  }

  private static String https(RpcCode code) {
    if (code == RpcCode.INVALID_ARGUMENT) {
      return "all other 4xx";
    }
    if (code == RpcCode.INTERNAL) {
      return "all other 5xx";
    }
    return IntStream.range(200, 600)
        .filter(status -> RpcCode.of(status).filter(of -> of == code).isPresent())
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private static Pattern generated(String column) {
    return Pattern.compile(GENERATED.pattern().formatted(column));
  }

  private static String table(String column) throws IOException {
    var matcher = generated(column).matcher(Files.readString(FILE));
    assertThat(matcher.find()).as("a generated table of " + column).isTrue();
    return matcher.group(2);
  }

  /** The rows of the first table under a heading, without its head. */
  static Stream<List<String>> rows(String heading) throws IOException {
    List<List<String>> rows =
        Files.readAllLines(FILE).stream()
            .dropWhile(line -> !line.matches("#+ " + heading))
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .skip(2)
            .map(ResponsesDocTest::cells)
            .toList();
    assertThat(rows).as("a table under " + heading).isNotEmpty();
    return rows.stream();
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  private static String unquoted(String cell) {
    return cell.replaceAll("^`|`$", "");
  }
}
