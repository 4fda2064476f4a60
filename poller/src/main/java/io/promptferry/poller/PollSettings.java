package io.promptferry.poller;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How jobs are watched.
 *
 * @param first the wait before a young job is asked for again
 * @param longest the wait for an old one
 * @param giveUpAfter since the job was made
 */
public record PollSettings(Duration first, Duration longest, Duration giveUpAfter) {

  public static final String FIRST = "poll.interval.first.ms";
  public static final String LONGEST = "poll.interval.longest.ms";
  public static final String GIVE_UP_AFTER = "poll.give.up.after.ms";

  /**
   * A job is asked for again after this part of its age: late news stays small beside the time it
   * took.
   */
  private static final int AGE_PARTS = 20;

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            FIRST,
            ConfigDef.Type.LONG,
            5_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "How often a young job is asked for. The interval grows with the job's age, to a twentieth of it.")
        .define(
            LONGEST,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "How often the oldest jobs are asked for.")
        .define(
            GIVE_UP_AFTER,
            ConfigDef.Type.LONG,
            Duration.ofDays(3).toMillis(),
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "A job that has not ended so long after it was made is given up, and its prompts are answered FAILED with"
                + " reason JOB_GIVEN_UP. The provider expires jobs after 48 hours.");
  }

  public static PollSettings from(AbstractConfig config) {
    return new PollSettings(
        Duration.ofMillis(config.getLong(FIRST)),
        Duration.ofMillis(config.getLong(LONGEST)),
        Duration.ofMillis(config.getLong(GIVE_UP_AFTER)));
  }

  /** How long to wait before a job of this age is asked for again. */
  Duration intervalAt(Duration age) {
    Duration wanted = age.dividedBy(AGE_PARTS);
    if (wanted.compareTo(first) < 0) {
      return first;
    }
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }
}
