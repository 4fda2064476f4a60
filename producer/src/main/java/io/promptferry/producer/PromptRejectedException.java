package io.promptferry.producer;

import io.promptferry.schemas.ErrorReason;

/**
 * A prompt that would only have been answered FAILED; nothing was sent. The message is one line
 * that says what to mend and quotes no content.
 */
public final class PromptRejectedException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;

  PromptRejectedException(ErrorReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What {@code error.reason} of the answer would have been. */
  public ErrorReason reason() {
    return reason;
  }
}
