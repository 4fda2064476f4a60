package io.promptferry.local.dlq;

import java.time.Instant;

/** More letters bear one time than a run may send; the message says what to do. */
public final class TooManyAtOnceException extends Exception {
  private static final long serialVersionUID = 1L;

  TooManyAtOnceException(int limit, Instant time) {
    super("more than %d letters bear the time %s: raise --limit".formatted(limit, time));
  }
}
