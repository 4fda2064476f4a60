package io.promptferry.gemini;

import io.promptferry.gemini.ProviderException.Kind;

/**
 * Bounds how often in a row a transfer may break off. Whoever gets further than before may break
 * off as often again; a transfer that is begun again has to pass the place where it was first.
 */
final class Breaks {

  private final int allowed;
  private int inARow;
  private long farthest;

  Breaks(int allowed) {
    this.allowed = allowed;
  }

  /**
   * Counts a failure, or throws it again if it was one too many or not one to go on after.
   *
   * @param arrived how many bytes are known to have arrived
   */
  void count(ProviderException failure, long arrived) {
    if (arrived > farthest) {
      farthest = arrived;
      inARow = 0;
    }
    inARow++;
    if (failure.kind() != Kind.UNKNOWN
        || inARow >= allowed
        || Thread.currentThread().isInterrupted()) {
      throw failure;
    }
  }
}
