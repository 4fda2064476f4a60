package io.promptferry.local.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {

  @TempDir Path folder;

  @Test
  void csvWithQuotesLineEndsInFieldsABomAndEmptyLines() throws Exception {
    String csv =
        "\uFEFFid,review\r\n1,\"good, \"\"very\"\" good\"\r\n\r\n2,\"two\nlines\"\n3,\n4,last";
    assertThat(rows("a.csv", csv))
        .extracting(row -> ((Row.Content) row).columns(), Row::place, Row::number)
        .containsExactly(
            tuple(Map.of("id", "1", "review", "good, \"very\" good"), "line 2", 1),
            tuple(Map.of("id", "2", "review", "two\nlines"), "line 4", 2),
            tuple(Map.of("id", "3", "review", ""), "line 6", 3),
            tuple(Map.of("id", "4", "review", "last"), "line 7", 4));
  }

  @Test
  void aRowWithAnotherNumberOfFieldsIsUnreadableAndTheNextIsNot() throws Exception {
    List<Row> rows = rows("a.csv", "id,review\n1,\"too, \"\"many\"\"\",\" \"\n2\n3,good\n");
    assertThat(rows.subList(0, 2))
        .allSatisfy(row -> assertThat(row).isInstanceOf(Row.Unreadable.class));
    assertThat(((Row.Unreadable) rows.get(0)).reason())
        .isEqualTo(
            "has 3 fields where the first line names 2 columns: is a field missing, or one with a comma not quoted?");
    // As CSV again: read once more, it has the same fields.
    assertThat(rows.get(0).text()).isEqualTo("1,\"too, \"\"many\"\"\", ");
    assertThat(((Row.Content) rows.get(2)).columns()).containsEntry("review", "good");
  }

  @Test
  void aQuoteThatIsNeverClosedIsRefusedBeforeAnythingIsSent() throws Exception {
    Path file =
        Files.writeString(folder.resolve("a.csv"), "id,review\n1,good\n2,\"never\n3,lost\n");
    assertThatThrownBy(() -> Input.of(file.toString(), null).check(form("{review}")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + " cannot be read from line 3 on: a quote is never closed")
        .hasMessageEndingWith("; nothing was sent");
  }

  @Test
  void aQuoteThatIsNotDoubledIsTold() throws Exception {
    Path file =
        Files.writeString(folder.resolve("a.csv"), "id,review\n1,\"so \"good\", he says\"\n2,x\n");
    assertThatThrownBy(() -> Input.of(file.toString(), null).check(form("{review}")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("or one in a quoted field is not doubled")
        .hasMessageEndingWith("; nothing was sent");
  }

  @ParameterizedTest
  @CsvSource({"a.csv, review", "a.jsonl, ''"})
  void anInputWithoutRowsIsRefused(String name, String content) throws Exception {
    Path file = Files.writeString(folder.resolve(name), content + "\n\n");
    assertThatThrownBy(() -> Input.of(file.toString(), null).check(form("{review}")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(file + " has no rows; nothing was sent");
  }

  @Test
  void standardInputIsNotClosedWithTheLastRow() throws Exception {
    // As the machine's own: once closed, it no longer says how much is there.
    var in = new BufferedInputStream(new ByteArrayInputStream("a\n1\n2\n".getBytes(UTF_8)));
    try (Rows rows = Input.of("-", Input.Form.CSV).open(in)) {
      assertThat(rows.next()).isPresent();
      assertThat(rows.next()).isPresent();
      assertThat(in.available()).isZero();
      assertThat(rows.next()).isEmpty();
      assertThat(in.available()).isZero();
    }
    assertThatThrownBy(in::available).isInstanceOf(IOException.class);
  }

  @Test
  void aHeaderThatIsNotUtf8IsTold() throws Exception {
    Path file =
        Files.write(
            folder.resolve("a.csv"), "id,größe\n1,x\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(Input.of(file.toString(), null)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not UTF-8: convert it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``      | is empty: its first line must name the columns
          a,,c    | column 2 of a.csv has no name
          a,b,a   | column 3 of a.csv has the name of another
          "a,b    | has no good header
          """)
  void aHeaderThatIsNoneIsRefused(String csv, String message) {
    assertThatThrownBy(() -> rows("a.csv", csv))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message.replace("a.csv", folder.resolve("a.csv").toString()));
  }

  @Test
  void aColumnThatTheHeaderLacksIsToldBeforeAnythingIsSent() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "1,good\n2,bad\n");
    var form = form("{review}");
    assertThatThrownBy(
            () -> Input.of(file.toString(), null).open(InputStream.nullInputStream(), form))
        .isInstanceOf(BadInputException.class)
        .hasMessage(file + " has no column 'review': its first line names 1, good");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id;review", "id\treview"})
  void commasAreAskedForWhereColumnsAreSeparatedOtherwise(String header) throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), header + "\n1;good\n");
    assertThatThrownBy(() -> Input.of(file.toString(), null).check(form("{review}")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(header + "; columns must be separated by commas");
  }

  @Test
  void whatIsNotUtf8IsTold() throws Exception {
    Path file =
        Files.write(
            folder.resolve("a.jsonl"), "{\"a\":\"ö\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(Input.of(file.toString(), null)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not UTF-8: convert it");
  }

  @Test
  void jsonLinesKeepTheirNumbersPastBlankAndBadOnes() throws Exception {
    List<Row> rows = rows("a.jsonl", "{\"a\":1,\"b\":null,\"c\":[1]}\n\n{\"a\n{\"a\":\"x\"}\n");
    assertThat(rows).extracting(Row::place).containsExactly("line 1", "line 3", "line 4");
    assertThat(((Row.Content) rows.get(0)).columns())
        .isEqualTo(Map.of("a", "1", "b", "", "c", "[1]"));
    assertThat(((Row.Unreadable) rows.get(1)).reason()).startsWith("is not JSON at column");
    assertThat(rows.get(2).number()).isEqualTo(3);
  }

  @Test
  void valuesOfJsonAreAsTheyStandThere() throws Exception {
    String line =
        "{\"s\":\"1.0\\n\", \"a\" : 12345678.90, \"b\":12.50,\"c\":1e3,\"d\":-0.0,"
            + "\"e\":3.14159265358979323846264338327950288,\"f\":123456789012345678901234567890,"
            + "\"g\":{ \"x\": [1.10, {\"y\":\"}\"}] },\"h\":true,\"i\":null,\"j\":[]}";
    Map<String, String> columns = rows("a.jsonl", "  " + line + "\n").get(0).columns();
    assertThat(columns)
        .containsExactly(
            entry("s", "1.0\n"),
            entry("a", "12345678.90"),
            entry("b", "12.50"),
            entry("c", "1e3"),
            entry("d", "-0.0"),
            entry("e", "3.14159265358979323846264338327950288"),
            entry("f", "123456789012345678901234567890"),
            entry("g", "{ \"x\": [1.10, {\"y\":\"}\"}] }"),
            entry("h", "true"),
            entry("i", ""),
            entry("j", "[]"));
  }

  @Test
  void aValueBehindALongOneIsCutOutWhereItStands() throws Exception {
    String before = "ö".repeat(100_000);
    String line = "{\"a\":\"" + before + "\",\"b\":[\"" + before + "\", 1.0]}";
    assertThat(rows("a.jsonl", line).get(0).columns())
        .containsEntry("a", before)
        .containsEntry("b", "[\"" + before + "\", 1.0]");
  }

  @Test
  void aFolderHasTextsAndImagesByNameWithoutHiddenFiles() throws Exception {
    Files.createDirectories(folder.resolve("in/sub"));
    Files.writeString(folder.resolve("in/b.txt"), "text");
    Files.write(folder.resolve("in/sub/a.PNG"), new byte[] {1, 2});
    Files.write(folder.resolve("in/x.bin"), new byte[] {(byte) 0xff});
    Files.writeString(folder.resolve("in/.hidden"), "no");
    List<Row> rows = read(Input.of(folder.resolve("in").toString(), null));
    assertThat(rows).extracting(Row::place).containsExactly("b.txt", "sub/a.PNG", "x.bin");
    assertThat(((Row.Content) rows.get(0)).columns())
        .isEqualTo(Map.of("file", "b.txt", "name", "b", "text", "text"));
    assertThat(rows.get(2)).isInstanceOf(Row.Unreadable.class);
    assertThat(rows.get(2).columns()).isEqualTo(Map.of("file", "x.bin", "name", "x"));

    var text = form("Shorten.").prompt((Row.Content) rows.get(0), Instant.EPOCH).event();
    assertThat(text.getId()).isEmpty();
    assertThat(text.getParts().get(0).getText()).isEqualTo("text");
    assertThat(
            form("Shorten {text}")
                .prompt((Row.Content) rows.get(0), Instant.EPOCH)
                .event()
                .getParts())
        .isEmpty();
    var image = form("Look.").prompt((Row.Content) rows.get(1), Instant.EPOCH).event();
    assertThat(image.getParts().get(0).getMimeType()).isEqualTo("image/png");
    assertThat(image.getParts().get(0).getData().remaining()).isEqualTo(2);
  }

  @Test
  void theDigestOfAChangedInputIsAnother() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "a\n1\n");
    String before = Input.of(file.toString(), null).digest();
    assertThat(Input.of(file.toString(), null).digest()).isEqualTo(before);
    Files.writeString(file, "a\n2\n");
    assertThat(Input.of(file.toString(), null).digest()).isNotEqualTo(before);
  }

  private static TemplateForm form(String prompt) {
    return new TemplateForm(
        Optional.of(Template.parse(prompt)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private List<Row> rows(String name, String content) throws IOException {
    return read(Input.of(Files.writeString(folder.resolve(name), content).toString(), null));
  }

  private static List<Row> read(Input input) throws IOException {
    var read = new ArrayList<Row>();
    try (Rows rows = input.open(InputStream.nullInputStream())) {
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        read.add(next.get());
      }
    }
    return read;
  }
}
