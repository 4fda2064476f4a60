package io.promptferry.local.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatesTest {

  @Test
  void areReadAsTheyAreWritten() {
    var coordinates = new Coordinates("blue-prompts-2", 3, 12345678901L);
    assertThat(coordinates).hasToString("blue-prompts-2-3-12345678901");
    assertThat(Coordinates.parse(coordinates.toString())).hasValue(coordinates);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "prompts", "prompts-1", "-1-2", "prompts-1-x", "prompts-9999999999-1"})
  void areNotReadFromSomethingElse(String text) {
    assertThat(Coordinates.parse(text)).isEmpty();
  }
}
