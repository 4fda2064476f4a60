package io.promptferry.collector.result;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A schema's regular expression that cannot hold up a partition: one that looks at a text too often
 * matches it, and is given up for good. Steps are counted and not time, so that the same answer
 * gets the same judgement on any machine.
 */
final class BoundedPattern implements RegularExpression {

  /** A fraction of a second. The longest line takes a third of them when it is read once. */
  static final int MAX_STEPS = 50_000_000;

  private final Pattern pattern;
  private volatile boolean givenUp;

  private BoundedPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /** An expression that Java does not know, and JavaScript may, matches anything. */
  static RegularExpression compile(String expression) {
    try {
      return new BoundedPattern(Pattern.compile(expression));
    } catch (PatternSyntaxException e) {
      return text -> true;
    }
  }

  @Override
  public boolean matches(String text) {
    if (givenUp) {
      return true;
    }
    try {
      return pattern.matcher(new Counted(text)).find();
    } catch (OutOfStepsException | StackOverflowError e) {
      givenUp = true;
      return true;
    }
  }

  private static final class OutOfStepsException extends RuntimeException {
    private OutOfStepsException() {
      super(null, null, false, false);
    }
  }

  /** Counts how often it is looked at. */
  private static final class Counted implements CharSequence {

    private final String text;
    private int steps;

    private Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_STEPS) {
        throw new OutOfStepsException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
