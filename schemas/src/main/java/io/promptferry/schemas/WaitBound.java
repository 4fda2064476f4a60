package io.promptferry.schemas;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The keys that bound how long a prompt may wait for its answer, once it has left in a batch. Each
 * is kept to by one service, and known to the batcher too, which holds the retention of the prompts
 * topics against their sum.
 */
public enum WaitBound {
  RETRY_MAX_AGE(
      "retry.max.age.ms",
      Duration.ofDays(6),
      1,
      Duration.ofDays(365).toMillis(),
      ConfigDef.Importance.MEDIUM,
      "A prompt that was written longer ago than this is not sent again, neither by itself nor in a part of a batch that"
          + " the provider rejected as a whole, but answered FAILED with the reason of its last attempt."),
  RETRY_LONGEST(
      "retry.longest.ms",
      Duration.ofHours(1),
      0,
      Duration.ofDays(7).toMillis(),
      ConfigDef.Importance.LOW,
      "The longest wait before a prompt is sent again."),
  POLL_GIVE_UP_AFTER(
      "poll.give.up.after.ms",
      Duration.ofDays(3),
      1,
      Long.MAX_VALUE,
      ConfigDef.Importance.MEDIUM,
      "A job that has not ended so long after it was made is given up, and its prompts are answered FAILED with"
          + " reason JOB_GIVEN_UP. The provider expires jobs after 48 hours."),
  COLLECT_GIVE_UP_AFTER(
      "collect.give.up.after.ms",
      Duration.ofDays(1),
      1,
      Long.MAX_VALUE,
      ConfigDef.Importance.MEDIUM,
      "Results that cannot be read for so long since the job ended are given up, and the prompts are answered"
          + " FAILED with reason RESULTS_UNREADABLE. A wrong or missing API key does not end the trying before 48"
          + " hours after the job's end.");

  private static final String SHARED =
      " Where it is set, the batcher is to have it too: it does not start on a topic that keeps prompts for less than"
          + " it may take to answer them.";

  private final String key;
  private final Duration preset;
  private final long least;
  private final long most;
  private final ConfigDef.Importance importance;
  private final String doc;

  WaitBound(
      String key,
      Duration preset,
      long least,
      long most,
      ConfigDef.Importance importance,
      String doc) {
    this.key = key;
    this.preset = preset;
    this.least = least;
    this.most = most;
    this.importance = importance;
    this.doc = doc;
  }

  /** Its name in a configuration. */
  public String key() {
    return key;
  }

  /** Adds the key that {@link #of} reads. */
  public ConfigDef define(ConfigDef def) {
    return def.define(
        key,
        ConfigDef.Type.LONG,
        preset.toMillis(),
        most == Long.MAX_VALUE
            ? ConfigDef.Range.atLeast(least)
            : ConfigDef.Range.between(least, most),
        importance,
        doc + SHARED);
  }

  public Duration of(AbstractConfig config) {
    return Duration.ofMillis(config.getLong(key));
  }
}
