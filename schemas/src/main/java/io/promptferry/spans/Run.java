package io.promptferry.spans;

/**
 * Every visible record of a partition from one offset to another.
 *
 * @param first offset of the first
 * @param last offset of the last, inclusive
 */
public record Run(long first, long last) {
  public Run {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("no run: " + first + ".." + last);
    }
  }
}
