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
 * @param pendingMax batches of a partition that are read ahead
 * @param backoff the wait after a refusal
 * @param giveUpAfter since the batch was closed
 * @param readTimeout how long the prompts topic may yield nothing while a file is written
 */
public record SubmitSettings(
    Path spool, int pendingMax, Backoff backoff, Duration giveUpAfter, Duration readTimeout) {

  public static final String SPOOL = "submit.spool.dir";
  public static final String PENDING_MAX = "submit.pending.max";
  public static final String RETRY_FIRST = "submit.retry.first.ms";
  public static final String RETRY_LONGEST = "submit.retry.longest.ms";
  public static final String GIVE_UP_AFTER = "submit.give.up.after.ms";
  public static final String READ_TIMEOUT = "submit.read.timeout.ms";

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
            "So many batches of a partition are read ahead.")
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
                + " answered FAILED with reason NOT_SUBMITTED.")
        .define(
            READ_TIMEOUT,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "How long the prompts topic may yield nothing while its prompts are read again.");
  }

  public static SubmitSettings from(AbstractConfig config) {
    return new SubmitSettings(
        Path.of(config.getString(SPOOL)),
        config.getInt(PENDING_MAX),
        new Backoff(
            Duration.ofMillis(config.getLong(RETRY_FIRST)),
            Duration.ofMillis(config.getLong(RETRY_LONGEST))),
        Duration.ofMillis(config.getLong(GIVE_UP_AFTER)),
        Duration.ofMillis(config.getLong(READ_TIMEOUT)));
  }
}
