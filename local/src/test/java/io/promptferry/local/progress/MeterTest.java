package io.promptferry.local.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MeterTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
  private Instant now = Instant.EPOCH;

  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  @Test
  void linesNowAndThenWithTheRateAndWhatRemains() {
    try (Meter meter = Meter.of(false, stream, clock, "rows sent", 100, 1300)) {
      meter.at(101);
      now = now.plus(Duration.ofSeconds(10));
      meter.at(200);
      meter.at(201);
      now = now.plus(Duration.ofSeconds(10));
      meter.at(1300);
      meter.at(1300);
    }
    assertThat(text().lines())
        .containsExactly(
            "200 of 1,300 rows sent, 10.0 a second, about 1 min 50 s to go",
            "1,300 of 1,300 rows sent, 60.0 a second");
  }

  @Test
  void whatRemainsIsNotGuessedFromNextToNothing() {
    try (Meter meter = Meter.of(false, stream, clock, "answers", 0, 1000)) {
      now = now.plus(Duration.ofSeconds(4));
      meter.at(500);
      now = now.plus(Duration.ofSeconds(4));
      meter.at(600);
    }
    try (Meter meter = Meter.of(false, stream, clock, "answers", 500, 1500)) {
      now = now.plus(Duration.ofSeconds(100));
      meter.at(509);
      now = now.plus(Duration.ofSeconds(100));
      meter.at(510);
    }
    assertThat(text().lines())
        .containsExactly(
            "500 of 1,000 answers, 125.0 a second",
            "600 of 1,000 answers, 75.0 a second, about 5 s to go",
            "509 of 1,500 answers, 0.1 a second",
            "510 of 1,500 answers, 0.1 a second, about 5 h 30 min to go");
  }

  @Test
  void aBarGuessesNoEarlier() {
    try (Meter meter = Meter.of(true, stream, clock, "answers", 0, 10)) {
      meter.at(5);
    }
    assertThat(text()).contains("5/10").doesNotContainPattern("/ [0-9]:");
  }

  @Test
  void theLastStateIsTold() {
    try (Meter meter = Meter.of(false, stream, clock, "rows sent", 0, -1)) {
      meter.at(7);
    }
    assertThat(text().lines()).containsExactly("7 rows sent, 0.0 a second");
  }

  @Test
  void aBarOnATerminal() {
    try (Meter meter = Meter.of(true, stream, clock, "answers", 0, 10)) {
      meter.at(10);
    }
    assertThat(text()).contains("answers", "100%", "10/10").doesNotContain("\u2588", "WARN");
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
