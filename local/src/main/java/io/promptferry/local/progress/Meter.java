package io.promptferry.local.progress;

import java.io.PrintStream;
import java.time.Clock;

/** Shows how far something has come. */
public interface Meter extends AutoCloseable {

  /** So many are done, of those that were so before the meter began too. */
  void at(long done);

  @Override
  void close();

  /**
   * A bar on a terminal, and elsewhere a line now and then.
   *
   * @param what is counted and done to it, such as {@code rows sent}
   * @param before how many are done already; they count for no rate
   * @param all how many there will be; -1: unknown
   */
  static Meter of(
      boolean terminal, PrintStream out, Clock clock, String what, long before, long all) {
    return terminal
        ? new BarMeter(out, what, before, all)
        : new LineMeter(out, clock, what, before, all);
  }
}
