package io.promptferry.collector;

import io.promptferry.runtime.service.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How results are collected.
 *
 * @param spool where result files are kept while they are collected
 * @param chunkRecords responses of one transaction
 * @param chunkBytes bytes of the responses of one transaction
 * @param maxLine bytes of a result line
 * @param queue job states of a partition that are read ahead
 * @param giveUpAfter since the job ended
 * @param readTimeout how long a topic may yield nothing while it is read again
 */
public record CollectSettings(
    Path spool,
    int chunkRecords,
    int chunkBytes,
    int maxLine,
    int queue,
    Duration giveUpAfter,
    Duration readTimeout) {

  public static final String SPOOL = "collect.spool.dir";
  public static final String CHUNK_RECORDS = "collect.chunk.max.records";
  public static final String CHUNK_BYTES = "collect.chunk.max.bytes";
  public static final String MAX_LINE = "collect.line.max.bytes";
  public static final String QUEUE = "collect.pending.max";
  public static final String GIVE_UP_AFTER = "collect.give.up.after.ms";
  public static final String READ_TIMEOUT = "collect.read.timeout.ms";

  /** The wait before a result file that cannot be read is asked for again. */
  static final Backoff DOWNLOAD_BACKOFF =
      new Backoff(Duration.ofMillis(500), Duration.ofMinutes(1));

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            SPOOL,
            ConfigDef.Type.STRING,
            "/tmp/promptferry/collect",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.MEDIUM,
            "The folder for result files while they are collected. Holds one for each partition of the job-states topic;"
                + " nothing in it needs to be kept.")
        .define(
            CHUNK_RECORDS,
            ConfigDef.Type.INT,
            1_000,
            ConfigDef.Range.between(1, 100_000),
            ConfigDef.Importance.LOW,
            "So many responses are written in one transaction.")
        .define(
            CHUNK_BYTES,
            ConfigDef.Type.INT,
            8 * 1024 * 1024,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "A transaction is closed once its responses are so large.")
        .define(
            MAX_LINE,
            ConfigDef.Type.INT,
            16 * 1024 * 1024,
            ConfigDef.Range.between(1024, 256 * 1024 * 1024),
            ConfigDef.Importance.LOW,
            "A longer result line is not read; its prompt is answered FAILED with reason BAD_RESULT.")
        .define(
            QUEUE,
            ConfigDef.Type.INT,
            64,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "So many job states of a partition are read ahead.")
        .define(
            GIVE_UP_AFTER,
            ConfigDef.Type.LONG,
            Duration.ofDays(1).toMillis(),
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "Results that cannot be read for so long since the job ended are given up, and the prompts are answered"
                + " FAILED with reason RESULTS_UNREADABLE.")
        .define(
            READ_TIMEOUT,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "How long a topic may yield nothing while its records are read again.");
  }

  public static CollectSettings from(AbstractConfig config) {
    return new CollectSettings(
        Path.of(config.getString(SPOOL)),
        config.getInt(CHUNK_RECORDS),
        config.getInt(CHUNK_BYTES),
        config.getInt(MAX_LINE),
        config.getInt(QUEUE),
        Duration.ofMillis(config.getLong(GIVE_UP_AFTER)),
        Duration.ofMillis(config.getLong(READ_TIMEOUT)));
  }
}
