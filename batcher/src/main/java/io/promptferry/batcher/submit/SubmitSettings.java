package io.promptferry.batcher.submit;

import io.promptferry.runtime.service.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How batches are submitted.
 *
 * @param spool where input files are written before they are uploaded
 * @param pendingMax batches of a partition that are worked on at once
 * @param backoff the wait after a refusal
 * @param giveUpAfter since the batch was closed
 * @param readTimeout how long the prompts topic may yield nothing while a file is written
 * @param quarantine how long after a doubtful create the provider's listing is not yet believed
 * @param deadlineNear how long before its deadline a batch goes before older ones
 */
public record SubmitSettings(
    Path spool,
    int pendingMax,
    Backoff backoff,
    Duration giveUpAfter,
    Duration readTimeout,
    Duration quarantine,
    Duration deadlineNear) {

  public static final String SPOOL = "submit.spool.dir";
  public static final String PENDING_MAX = "submit.pending.max";
  public static final String RETRY_FIRST = "submit.retry.first.ms";
  public static final String RETRY_LONGEST = "submit.retry.longest.ms";
  public static final String GIVE_UP_AFTER = "submit.give.up.after.ms";
  public static final String READ_TIMEOUT = "submit.read.timeout.ms";
  public static final String QUARANTINE = "submit.doubt.quarantine.ms";
  public static final String DEADLINE_NEAR = "submit.deadline.near.ms";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            SPOOL,
            ConfigDef.Type.STRING,
            "/tmp/promptferry/submit",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.MEDIUM,
            "The folder for input files on their way to the provider. Holds one file of up to batch.max.bytes for"
                + " each partition of the batches topic; nothing in it needs to be kept.")
        .define(
            PENDING_MAX,
            ConfigDef.Type.INT,
            16,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "So many batches of a partition are worked on at once, and as many more are read ahead. One that waits"
                + " for the provider holds up the others only when all of these wait.")
        .define(
            RETRY_FIRST,
            ConfigDef.Type.LONG,
            1_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "The wait after the provider's first refusal; doubles with each further one.")
        .define(
            RETRY_LONGEST,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "The longest wait between two attempts to submit.")
        .define(
            GIVE_UP_AFTER,
            ConfigDef.Type.LONG,
            Duration.ofDays(3).toMillis(),
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "A batch that the provider has refused for so long since it was closed is given up: its prompts are"
                + " answered FAILED with reason NOT_SUBMITTED. A batch that only waits for capacity is not given"
                + " up, unless it alone exceeds what capacity.tokens.max, capacity.tier or"
                + " capacity.storage.max.bytes allow.")
        .define(
            READ_TIMEOUT,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "How long the prompts topic may yield nothing while its prompts are read again.")
        .define(
            QUARANTINE,
            ConfigDef.Type.LONG,
            30_000L,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.MEDIUM,
            "Where a job may or may not have been created, its input file is deleted, and after so long the"
                + " provider is searched once more before the batch is sent again. Longer than the provider's"
                + " listing may lag behind; other batches go on meanwhile.")
        .define(
            DEADLINE_NEAR,
            ConfigDef.Type.LONG,
            7_200_000L,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.LOW,
            "A batch whose earliest deadline is nearer than this is submitted before older ones. More than"
                + " batch.deadline.margin.ms.");
  }

  public static SubmitSettings from(AbstractConfig config) {
    return new SubmitSettings(
        Path.of(config.getString(SPOOL)),
        config.getInt(PENDING_MAX),
        new Backoff(
            Duration.ofMillis(config.getLong(RETRY_FIRST)),
            Duration.ofMillis(config.getLong(RETRY_LONGEST))),
        Duration.ofMillis(config.getLong(GIVE_UP_AFTER)),
        Duration.ofMillis(config.getLong(READ_TIMEOUT)),
        Duration.ofMillis(config.getLong(QUARANTINE)),
        Duration.ofMillis(config.getLong(DEADLINE_NEAR)));
  }
}
