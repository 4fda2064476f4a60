package io.promptferry.local.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LegibleTest {

  @Test
  void textStaysAndOtherBytesAreWrittenInHexadecimal() {
    assertThat(Legible.text("Größe".getBytes(StandardCharsets.UTF_8))).isEqualTo("Größe");
    assertThat(Legible.text(new byte[] {(byte) 0xff, 0x01})).isEqualTo("0xff01");
  }

  @Test
  void nothingReachesTheTerminalThatMovesItsCursor() {
    assertThat(Legible.line("a\u001b[2J\r\nb\u2028c\u202ed\u009be")).isEqualTo("a [2J b c d e");
  }

  @Test
  void isCutBetweenCharacters() {
    assertThat(Legible.line("😀😀😀", 3)).isEqualTo("😀😀😀");
    assertThat(Legible.line("😀😀😀😀", 3)).isEqualTo("😀😀…");
  }
}
