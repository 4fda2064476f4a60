package io.promptferry.poller;

import io.promptferry.poller.Durations.Usual;
import io.promptferry.schemas.WaitBound;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * How jobs are watched.
 *
 * @param first the shortest wait before a job is asked for again
 * @param longest the longest one
 * @param resultWait for the result file of a job that succeeded
 * @param goneAfter a job is not found for so long before it is believed to be gone
 * @param giveUpAfter since the job was made
 * @param stuckAfter without any change
 * @param stuckCancel whether a stuck job is cancelled
 * @param history how far back the states are read for what jobs usually take
 * @param readTimeout bound on reading the states of a partition back
 */
public record PollSettings(
    Duration first,
    Duration longest,
    Duration resultWait,
    Duration goneAfter,
    Duration giveUpAfter,
    Duration stuckAfter,
    boolean stuckCancel,
    Duration history,
    Duration readTimeout) {

  public static final String FIRST = "poll.interval.first.ms";
  public static final String LONGEST = "poll.interval.longest.ms";
  public static final String RESULT_WAIT = "poll.result.wait.ms";
  public static final String GONE_AFTER = "poll.gone.after.ms";
  public static final String GIVE_UP_AFTER = WaitBound.POLL_GIVE_UP_AFTER.key();
  public static final String STUCK_AFTER = "poll.stuck.after.ms";
  public static final String STUCK_CANCEL = "poll.stuck.cancel";
  public static final String HISTORY = "poll.history.ms";
  public static final String READ_TIMEOUT = "poll.read.timeout.ms";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    millis(
        def,
        FIRST,
        Duration.ofSeconds(5),
        "How often a job is asked for at most: one that is new, or about to end by its estimate. Between this and"
            + " poll.interval.longest.ms the wait is a quarter of the time to the estimated end, and without an"
            + " estimate a twentieth of the job's age; less where one call tells of many jobs.");
    millis(
        def,
        LONGEST,
        Duration.ofMinutes(1),
        "How often a job is asked for at least. News is at most so late, but for a provider that does not answer.");
    millis(
        def,
        RESULT_WAIT,
        Duration.ofHours(1),
        "How long a job that succeeded is asked for its result file. Then its prompts are answered FAILED with reason"
            + " NO_RESULT.");
    millis(
        def,
        GONE_AFTER,
        Duration.ofHours(1),
        "A job that the provider answers 404 for so long, while the key is seen to work for its project, is believed to"
            + " be gone, and its prompts are answered FAILED with reason JOB_LOST.");
    WaitBound.POLL_GIVE_UP_AFTER.define(def);
    millis(
        def,
        STUCK_AFTER,
        Duration.ofHours(26),
        "A job that has not changed for so long, and for twice the time in which nine in ten of its kind end, counts as"
            + " stuck: it is warned of and counted in promptferry.jobs.stuck. The provider aims at 24 hours.");
    def.define(
        STUCK_CANCEL,
        ConfigDef.Type.BOOLEAN,
        false,
        ConfigDef.Importance.MEDIUM,
        "Whether a stuck job is cancelled. What it has done until then may be lost, and is paid for.");
    millis(
        def,
        HISTORY,
        Duration.ofDays(7),
        "How far back the job states are read when a partition is taken over, to learn how long jobs usually take.");
    return millis(
        def,
        READ_TIMEOUT,
        Duration.ofMinutes(1),
        "How long reading the job states of a partition back may take when it is taken over.");
  }

  private static ConfigDef millis(ConfigDef def, String key, Duration preset, String doc) {
    return def.define(
        key,
        ConfigDef.Type.LONG,
        preset.toMillis(),
        ConfigDef.Range.atLeast(1),
        ConfigDef.Importance.MEDIUM,
        doc);
  }

  public static PollSettings from(AbstractConfig config) {
    return new PollSettings(
        Duration.ofMillis(config.getLong(FIRST)),
        Duration.ofMillis(config.getLong(LONGEST)),
        Duration.ofMillis(config.getLong(RESULT_WAIT)),
        Duration.ofMillis(config.getLong(GONE_AFTER)),
        WaitBound.POLL_GIVE_UP_AFTER.of(config),
        Duration.ofMillis(config.getLong(STUCK_AFTER)),
        config.getBoolean(STUCK_CANCEL),
        Duration.ofMillis(config.getLong(HISTORY)),
        Duration.ofMillis(config.getLong(READ_TIMEOUT)));
  }

  /** How long a job may go without change; a kind that takes long shows changes seldom. */
  Duration stuckAfter(@Nullable Usual usual) {
    if (usual == null) {
      return stuckAfter;
    }
    Duration slow = usual.ninety().multipliedBy(2);
    return slow.compareTo(stuckAfter) > 0 ? slow : stuckAfter;
  }
}
