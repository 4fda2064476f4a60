package io.promptferry.benchmarks;

import java.util.List;

/**
 * How many prompts come, and how.
 *
 * @param prompts those of aborted transactions included
 * @param perSecond 0 for as fast as can be
 * @param shape of the stream
 */
record Load(int prompts, int perSecond, Shape shape) {

  private static final int SECONDS = 20;
  private static final List<Integer> RATES = List.of(0, 1000, 10);

  /** What the stream looks like. */
  enum Shape {
    ONE_LANE("one lane", 1, false),
    TEN_LANES("ten lanes interleaved", 10, false),
    TRANSACTIONS("one lane, transactions", 1, true);

    final String title;

    /** Models that prompts name at random. */
    final int lanes;

    /** Whether prompts come in transactions of which some abort. */
    final boolean transactional;

    Shape(String title, int lanes, boolean transactional) {
      this.title = title;
      this.lanes = lanes;
      this.transactional = transactional;
    }
  }

  /**
   * Each shape at full speed, then for 20 s at 1,000 and at 10 prompts a second.
   *
   * @param fullSpeed prompts at full speed
   */
  static List<Load> all(int fullSpeed) {
    return RATES.stream()
        .flatMap(
            rate ->
                List.of(Shape.values()).stream()
                    .map(shape -> new Load(rate == 0 ? fullSpeed : rate * SECONDS, rate, shape)))
        .toList();
  }

  String title() {
    return shape.title + (perSecond == 0 ? ", full speed" : ", %,d/s".formatted(perSecond));
  }
}
