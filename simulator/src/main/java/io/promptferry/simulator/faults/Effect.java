package io.promptferry.simulator.faults;

/** What a fault does where it strikes. */
public sealed interface Effect permits CallEffect, JobEffect, LineEffect {
  /**
   * Checks what a type cannot say, for the point the effect is meant for.
   *
   * @throws IllegalArgumentException one line that says what to write instead
   */
  void check(Point point);
}
