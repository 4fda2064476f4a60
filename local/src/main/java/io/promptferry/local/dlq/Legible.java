package io.promptferry.local.dlq;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes and texts that may be anything, made fit for a terminal. */
public final class Legible {

  private Legible() {}

  /** The text, or {@code 0x} and hexadecimal digits where the bytes are no UTF-8. */
  public static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }

  /** One line: what would move the cursor, or do worse, becomes a space. */
  public static String line(String text) {
    return text.replaceAll("[\\p{Cc}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}]+", " ");
  }

  /** One line of at most so many characters; … stands for what was cut off. */
  public static String line(String text, int most) {
    String line = line(text);
    return line.codePointCount(0, line.length()) <= most
        ? line
        : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }
}
