package io.promptferry.schemas;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Makes a topic name of a template and a key. Letters and digits stand for themselves, every other
 * byte of the key is {@code -XX} in upper-case hexadecimal, the empty key is a single {@code -}. So
 * two keys never share a name; and since neither '.' nor '_' is written, no two names collide in
 * Kafka's metrics.
 */
public final class TopicNames {

  public static final String KEY = "{key}";

  private static final int MAX_LENGTH = 249;
  private static final int HASH_BYTES = 16;
  private static final String HASH_MARK = "--";
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private TopicNames() {}

  /** The name, at most 249 characters; a longer one is cut and ends in a hash of the whole key. */
  public static String of(String template, byte[] key) {
    String name = template.replace(KEY, encode(key));
    if (name.length() <= MAX_LENGTH) {
      return name;
    }
    // Two dashes in a row occur in no encoded key, so a cut name never equals a whole one.
    String end = HASH_MARK + hash(key);
    return name.substring(0, MAX_LENGTH - end.length()) + end;
  }

  /** As much of the name as a topic's name can have. */
  public static String cut(String name) {
    return name.substring(0, Math.min(name.length(), MAX_LENGTH));
  }

  static String encode(byte[] key) {
    if (key.length == 0) {
      return "-";
    }
    var encoded = new StringBuilder(key.length);
    for (byte next : key) {
      if (isPlain(next)) {
        encoded.append((char) next);
      } else {
        encoded.append('-').append(UPPER.toHexDigits(next));
      }
    }
    return encoded.toString();
  }

  private static boolean isPlain(byte next) {
    return (next >= 'a' && next <= 'z')
        || (next >= 'A' && next <= 'Z')
        || (next >= '0' && next <= '9');
  }

  private static String hash(byte[] key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
