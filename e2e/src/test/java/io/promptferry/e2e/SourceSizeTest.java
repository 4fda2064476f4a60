package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Classes stay small: half under 100 lines, nine in ten under 200, none over 400. */
class SourceSizeTest {

  private record Source(Path file, int lines) {}

  private static final List<Source> SOURCES =
      Repository.mainSources().map(SourceSizeTest::measure).toList();

  @Test
  void halfAreUnderAHundredLines() {
    assertThat(lines().sorted(Comparator.naturalOrder()).skip(SOURCES.size() / 2).findFirst())
        .hasValueSatisfying(median -> assertThat(median).isLessThan(100));
  }

  @Test
  void nineInTenAreUnderTwoHundred() {
    assertThat(lines().filter(lines -> lines >= 200).count())
        .isLessThanOrEqualTo(SOURCES.size() / 10);
  }

  @Test
  void noneIsOverFourHundred() {
    assertThat(SOURCES).filteredOn(source -> source.lines() > 400).isEmpty();
  }

  private static Stream<Integer> lines() {
    return SOURCES.stream().map(Source::lines);
  }

  private static Source measure(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return new Source(file, (int) lines.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
