package io.promptferry.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "\n"})
  void readsInOrderAndAtWill(String lastEnd) throws Exception {
    // Longer than the buffer in all, and one line longer than it alone.
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      lines.add(i + "ü".repeat(i == 1_500 ? 200_000 : i % 150));
    }
    Path file = folder.resolve("lines");
    Files.writeString(file, String.join("\n", lines) + lastEnd);

    try (RequestFile requests = new RequestFile(file)) {
      List<String> seen = new ArrayList<>();
      requests.readAll(
          (number, line) -> {
            assertThat(number).isEqualTo(seen.size() + 1);
            seen.add(new String(line, UTF_8));
          });
      assertThat(seen).isEqualTo(lines);
      for (int i = lines.size() - 1; i >= 0; i -= 7) {
        assertThat(new String(requests.line(i), UTF_8).strip()).isEqualTo(lines.get(i));
      }
    }
  }

  @Test
  void anEmptyFileHasNoLines() throws Exception {
    Path file = Files.createFile(folder.resolve("empty"));
    try (RequestFile requests = new RequestFile(file)) {
      requests.readAll(
          (number, line) -> {
            throw new AssertionError("line " + number);
          });
      assertThat(requests.count()).isZero();
    }
  }

  @Test
  void aLineHasABound() throws Exception {
    Path file = folder.resolve("long");
    Files.write(file, new byte[RequestFile.MAX_LINE_BYTES + 1]);
    try (RequestFile requests = new RequestFile(file)) {
      assertThatThrownBy(() -> requests.readAll((number, line) -> {}))
          .isInstanceOf(InvalidFile.class)
          .hasMessageContaining("line 1");
    }
  }
}
