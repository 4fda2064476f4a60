package io.promptferry.stack;

import org.jspecify.annotations.Nullable;

/** A child could not be started or stopped. The message is one line that says what to do. */
public final class StackException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StackException(String message) {
    super(message);
  }

  public StackException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
