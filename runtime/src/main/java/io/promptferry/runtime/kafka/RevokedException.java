package io.promptferry.runtime.kafka;

/** The partition belongs to somebody else now, or nobody: its worker ends. */
public final class RevokedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RevokedException() {
    super("the partition was revoked", null, false, false);
  }
}
