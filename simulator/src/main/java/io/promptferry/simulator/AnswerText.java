package io.promptferry.simulator;

import java.util.Optional;

/**
 * What an answer says: an extract of its prompt on one line, and the prompt's digest.
 *
 * @param extract at most 80 characters, cut at a word
 * @param digest see {@link PromptDigest}
 */
record AnswerText(String extract, String digest) {
  private static final int LONGEST_EXTRACT = 80;

  static AnswerText of(String promptText) {
    return new AnswerText(cut(promptText, LONGEST_EXTRACT), PromptDigest.of(promptText));
  }

  String full() {
    return extract.isEmpty() ? mark() : extract + " " + mark();
  }

  /** The same with a shorter extract; empty if not even the digest fits. */
  Optional<String> within(long length) {
    if (full().length() <= length) {
      return Optional.of(full());
    }
    if (mark().length() > length) {
      return Optional.empty();
    }
    int room = (int) Math.max(0, length - mark().length() - 1);
    return Optional.of(new AnswerText(cut(extract, room), digest).full());
  }

  private String mark() {
    return "[sha256:" + digest + "]";
  }

  static String cut(String text, int longest) {
    // What lies behind cannot matter: more than enough for white space to be folded.
    String start = text.substring(0, Math.min(text.length(), 100 * longest));
    String line = start.strip().replaceAll("\\s+", " ");
    if (line.length() <= longest) {
      return line;
    }
    int space = line.lastIndexOf(' ', longest);
    if (space > 0) {
      return line.substring(0, space);
    }
    boolean halfCharacter = longest > 0 && Character.isHighSurrogate(line.charAt(longest - 1));
    return line.substring(0, halfCharacter ? longest - 1 : longest);
  }
}
