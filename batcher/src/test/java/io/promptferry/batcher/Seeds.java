package io.promptferry.batcher;

import java.util.stream.LongStream;
import org.junit.jupiter.api.function.Executable;

/** The seeds of random cases. A case that fails tells its seed, and can be run again alone. */
public final class Seeds {

  public static final String PROPERTY = "promptferry.test.seed";

  private Seeds() {}

  /** These, or only the one that {@code -Dpromptferry.test.seed} names. */
  public static LongStream orGiven(LongStream usual) {
    Long given = Long.getLong(PROPERTY);
    return given == null ? usual : LongStream.of(given);
  }

  /** Runs a case; where it fails, the error begins with its seed. */
  public static void run(long seed, Executable random) {
    try {
      random.execute();
    } catch (Throwable e) {
      throw new AssertionError("-D%s=%d: %s".formatted(PROPERTY, seed, e.getMessage()), e);
    }
  }
}
