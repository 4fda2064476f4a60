package io.promptferry.local.rows;

import java.io.IOException;

/** An input cannot be read as what it should be; the message is one line that says what to do. */
public final class BadInputException extends IOException {
  private static final long serialVersionUID = 1L;

  BadInputException(String message) {
    super(message);
  }

  BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
