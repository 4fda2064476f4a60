package io.promptferry.batcher.assemble;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;

/**
 * Makes batch ids: {@code 20260131-235959-k3f9x2ab}, the UTC time of opening and eight random
 * letters and digits. Sortable by eye, and short enough to name a remote file (40 characters).
 */
final class BatchIds {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_LENGTH = 8;

  private final RandomGenerator random;

  BatchIds(RandomGenerator random) {
    this.random = random;
  }

  String next(Instant now) {
    var id = new StringBuilder(TIME.format(now)).append('-');
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
