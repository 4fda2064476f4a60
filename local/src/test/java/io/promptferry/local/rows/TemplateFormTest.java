package io.promptferry.local.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateFormTest {

  private static final Map<String, String> ROW = Map.of("review", " ", "note", "", "stars", "5");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Summarise: {review}          | nothing is asked: review is empty, and the prompt names no other column
          Summarise: {note} {review}!  | nothing is asked: note, review are empty, and the prompt names no other column
          """)
  void aRowThatAsksNothingIsRefused(String template, String message) {
    assertThatThrownBy(() -> prompt(template))
        .isInstanceOf(BadLineException.class)
        .hasMessage(message);
  }

  @Test
  void oneColumnThatIsNotEmptyIsEnough() throws Exception {
    assertThat(prompt("{stars} of 5: {review}")).isEqualTo("5 of 5:  ");
  }

  @Test
  void aPromptWithoutColumnsAsksTheSameOfEveryRow() throws Exception {
    assertThat(prompt("Say hello.")).isEqualTo("Say hello.");
  }

  @Test
  void aFileWithoutAWordAsksNothing() {
    var file =
        new Row.Content(
            1,
            "a.txt",
            "",
            Map.of("file", "a.txt", "name", "a", "text", "\n"),
            Optional.of(new Row.Media(Row.TEXT, Path.of("a.txt"))));
    assertThatThrownBy(() -> form(Optional.empty()).prompt(file, Instant.EPOCH))
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith("nothing is asked: text is empty");
  }

  @Test
  void anEmptyKeyIsNone() throws Exception {
    assertThat(keyed("{note}").key()).isEmpty();
    assertThat(keyed("{note}{stars}").key()).contains("5");
  }

  private static PromptLine keyed(String key) throws BadLineException, IOException {
    var form =
        new TemplateForm(
            Optional.of(Template.parse("{stars}?")),
            Optional.of(Template.parse(key)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    return form.prompt(new Row.Content(1, "line 2", "", ROW, Optional.empty()), Instant.EPOCH);
  }

  private static String prompt(String template) throws BadLineException, IOException {
    var row = new Row.Content(1, "line 2", "", ROW, Optional.empty());
    return form(Optional.of(Template.parse(template)))
        .prompt(row, Instant.EPOCH)
        .event()
        .getPrompt();
  }

  private static TemplateForm form(Optional<Template> prompt) {
    return new TemplateForm(
        prompt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
