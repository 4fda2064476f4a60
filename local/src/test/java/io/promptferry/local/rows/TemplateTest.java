package io.promptferry.local.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.client.BadLineException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

  private static final Map<String, String> ROW = Map.of("review", "{stars} 5", "star sign", "*");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no column               | no column
          Read: {review}          | Read: {stars} 5
          {star sign}{star sign}! | **!
          {{review}}              | {review}
          {{{star sign}}}         | {*}
          {{}}                    | {}
          """)
  void putsColumnsInAndBracesByTwo(String template, String text) throws Exception {
    assertThat(Template.parse(template).render(ROW)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a": 1} and {    | the { at character 14 names no column
          open {review      | the { at character 6 names no column
          nothing { }       | the { at character 9 names no column
          {a {b}            | the { at character 1 names no column
          closed} twice     | the } at character 7 closes nothing
          """)
  void whatIsNoTemplateIsSaidAtItsPlace(String template, String message) {
    assertThatThrownBy(() -> Template.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message + ": write {column}, and {{ or }} for a brace itself");
  }

  @Test
  void aMissingColumnIsNamedWithThoseThatAreThere() {
    assertThatThrownBy(() -> Template.parse("{reviw}").render(Map.of("review", "x")))
        .isInstanceOf(BadLineException.class)
        .hasMessage("there is no column 'reviw': the row has review");
  }

  @Test
  void knowsItsColumns() {
    assertThat(Template.parse("{b} {{c}} {a} {b}").columns()).containsExactly("b", "a");
  }
}
