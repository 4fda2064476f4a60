package io.promptferry.simulator;

import java.util.Random;

/** The order in which the lines of an input file are answered. */
final class LineOrder {
  private LineOrder() {}

  static int[] asGiven(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    return order;
  }

  /**
   * Sattolo's shuffle: of two lines or more, none stays in its place, so that whoever matches by
   * position is wrong about every line and not just about most.
   */
  static int[] shuffled(int count, long seed) {
    int[] order = asGiven(count);
    Random random = new Random(seed);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
