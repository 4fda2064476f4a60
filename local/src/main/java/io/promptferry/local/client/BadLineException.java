package io.promptferry.local.client;

/** A line is no prompt; the message says what is wrong with it and what would be right. */
public final class BadLineException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public BadLineException(String message) {
    super(message);
    this.reason = message;
  }

  /** The message. */
  public String reason() {
    return reason;
  }
}
