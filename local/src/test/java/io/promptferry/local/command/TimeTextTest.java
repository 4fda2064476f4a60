package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeTextTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "90s, 2026-03-10T11:58:30Z",
    "30m, 2026-03-10T11:30:00Z",
    "2h, 2026-03-10T10:00:00Z",
    "7d, 2026-03-03T12:00:00Z",
    "2026-01-31, 2026-01-31T00:00:00Z",
    "2026-01-31T08:30, 2026-01-31T08:30:00Z",
    "2026-01-31T08:30:01.5Z, 2026-01-31T08:30:01.500Z",
    "2026-01-31T08:30:00+09:00, 2026-01-30T23:30:00Z",
    "2026-01-31T08:30:00-01:00, 2026-01-31T09:30:00Z",
  })
  void isUnderstood(String text, Instant time) {
    assertThat(new TimeText.Converter().convert(text).from().apply(NOW)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "2", "2w", "-2h", "1h30m", "yesterday", "2026-02-30", "2026-01-31T25:00"})
  void isNotUnderstood(String text) {
    assertThatThrownBy(() -> new TimeText.Converter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is not " + TimeText.FORMS);
  }
}
