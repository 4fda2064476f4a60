package io.promptferry.producer;

import org.jspecify.annotations.Nullable;

/** A part could not be stored, so its prompt was not sent; the message says what to do. */
public final class PartStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PartStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public PartStoreException(String message) {
    this(message, null);
  }
}
