package io.promptferry.local.client;

/** A line is no prompt; the message says what is wrong with it and what would be right. */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1L;

  BadLineException(String message) {
    super(message);
  }
}
