package io.promptferry.local.command;

import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.local.dlq.Legible;
import java.util.Locale;

/** A dead letter in one line. */
final class LetterLine {

  private static final int KEY = 40;
  private static final int MESSAGE = 160;

  private LetterLine() {}

  /** When, why, where, whose, and what was wrong. */
  static String of(DeadLetter letter) {
    return String.join(
            "  ",
            letter.rejectedAt().toString(),
            Legible.line(letter.reason(), KEY),
            Legible.line(letter.prompt().toString()),
            letter.key().map(key -> Legible.line(key, KEY)).orElse("-"),
            Legible.line(letter.message(), MESSAGE))
        .stripTrailing();
  }

  /** A number and what it is of. */
  static String count(long number, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
  }
}
