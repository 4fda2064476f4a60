package io.promptferry.collector;

import io.promptferry.collector.resend.Isolation;
import io.promptferry.schemas.WaitBound;
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
 * @param chunkTime how long a transaction is gathered
 * @param openMax batches of a partition that are collected at a time
 * @param isolationMaxJobs jobs spent on the parts of one rejected batch
 * @param receipts what receipts tell of keys
 * @param queue job states of a partition that are read ahead
 * @param giveUpAfter since the job ended
 * @param readTimeout how long a topic may yield nothing while it is read again
 */
public record CollectSettings(
    Path spool,
    int chunkRecords,
    int chunkBytes,
    Duration chunkTime,
    int openMax,
    int isolationMaxJobs,
    ReceiptSettings receipts,
    int maxLine,
    int queue,
    Duration giveUpAfter,
    Duration readTimeout) {

  public static final String SPOOL = "collect.spool.dir";
  public static final String CHUNK_RECORDS = "collect.chunk.max.records";
  public static final String CHUNK_BYTES = "collect.chunk.max.bytes";
  public static final String CHUNK_TIME = "collect.chunk.max.ms";
  public static final String OPEN_MAX = "collect.open.max";
  public static final String MAX_LINE = "collect.line.max.bytes";
  public static final String QUEUE = "collect.pending.max";
  public static final String GIVE_UP_AFTER = WaitBound.COLLECT_GIVE_UP_AFTER.key();
  public static final String READ_TIMEOUT = "collect.read.timeout.ms";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return ReceiptSettings.define(WaitBound.COLLECT_GIVE_UP_AFTER.define(def))
        .define(
            SPOOL,
            ConfigDef.Type.STRING,
            "/tmp/promptferry/collect",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.MEDIUM,
            "The folder for result files while they are collected, at most collect.spool.max.bytes of them; nothing in it"
                + " needs to be kept. Instances may share it: each has a folder of its own in it, and removes those of"
                + " instances that have died.")
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
            CHUNK_TIME,
            ConfigDef.Type.LONG,
            5_000L,
            ConfigDef.Range.between(1, 600_000),
            ConfigDef.Importance.LOW,
            "A transaction is closed after so long, however few responses it has.")
        .define(
            OPEN_MAX,
            ConfigDef.Type.INT,
            3,
            ConfigDef.Range.between(1, 100),
            ConfigDef.Importance.LOW,
            "So many batches of a partition are collected at a time, a chunk of each in turn. Each has a result file on"
                + " disk and a consumer.")
        .define(
            Isolation.MAX_JOBS,
            ConfigDef.Type.INT,
            200,
            ConfigDef.Range.between(0, 100_000),
            ConfigDef.Importance.MEDIUM,
            "A batch that the provider rejects as a whole is divided to find the prompt to blame: into the line that the"
                + " error names and the rest, or where it names none by sixteen and again. So many jobs are spent on it."
                + " Then the prompts that are left are answered FAILED with reason"
                + " NOT_ISOLATED.")
        .define(
            MAX_LINE,
            ConfigDef.Type.INT,
            16 * 1024 * 1024,
            ConfigDef.Range.between(1024, 256 * 1024 * 1024),
            ConfigDef.Importance.LOW,
            "A longer result line is not read; its prompt is answered FAILED with reason LINE_TOO_LARGE. A line of this length"
                + " takes several times as much memory.")
        .define(
            QUEUE,
            ConfigDef.Type.INT,
            64,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "So many job states of a partition are read ahead.")
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
        Duration.ofMillis(config.getLong(CHUNK_TIME)),
        config.getInt(OPEN_MAX),
        config.getInt(Isolation.MAX_JOBS),
        ReceiptSettings.from(config),
        config.getInt(MAX_LINE),
        config.getInt(QUEUE),
        WaitBound.COLLECT_GIVE_UP_AFTER.of(config),
        Duration.ofMillis(config.getLong(READ_TIMEOUT)));
  }
}
