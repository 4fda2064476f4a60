package io.promptferry.runtime.service;

/** Work that a new try cannot mend; the service ends with this message, which says what to do. */
public final class FatalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FatalException(String message) {
    super(message);
  }
}
