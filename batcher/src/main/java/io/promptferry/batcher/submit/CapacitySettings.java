package io.promptferry.batcher.submit;

import java.util.Locale;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How much an account may have at the provider at once.
 *
 * @param jobs concurrent jobs
 * @param tier gives the tokens of each model
 * @param tokens enqueued tokens of every model; 0 leaves it to the tier
 * @param storageBytes input files of open jobs and of uploads
 */
public record CapacitySettings(int jobs, TokenTier tier, long tokens, long storageBytes) {

  public static final String JOBS_MAX = "capacity.jobs.max";
  public static final String TIER = "capacity.tier";
  public static final String TOKENS_MAX = "capacity.tokens.max";
  public static final String STORAGE_MAX = "capacity.storage.max.bytes";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            JOBS_MAX,
            ConfigDef.Type.INT,
            100,
            ConfigDef.Range.between(1, 100_000),
            ConfigDef.Importance.MEDIUM,
            "The most jobs that an account has at the provider at once. Further batches wait.")
        .define(
            TIER,
            ConfigDef.Type.STRING,
            "none",
            ConfigDef.ValidString.in("none", "1", "2", "3"),
            ConfigDef.Importance.MEDIUM,
            "The usage tier of the project, 1, 2 or 3: how many input tokens of a model may be enqueued at once,"
                + " for gemini-2.5-pro, -flash and -flash-lite as published. With none, and for other models,"
                + " nothing is counted, and the provider's 429 is what makes batches wait.")
        .define(
            TOKENS_MAX,
            ConfigDef.Type.LONG,
            0L,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.MEDIUM,
            "The most input tokens of one model that an account has enqueued at once, for every model and over"
                + " capacity.tier. 0: what capacity.tier says. A batch with more can never be submitted, so"
                + " batch.max.tokens must not exceed it.")
        .define(
            STORAGE_MAX,
            ConfigDef.Type.LONG,
            20_000_000_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "The most bytes that the input files of an account's open jobs and uploads may hold at once; the"
                + " provider stores 20 GB for a project, result files among them.");
  }

  public static CapacitySettings from(AbstractConfig config) {
    return new CapacitySettings(
        config.getInt(JOBS_MAX),
        TokenTier.valueOf("TIER_" + config.getString(TIER).toUpperCase(Locale.ROOT)),
        config.getLong(TOKENS_MAX),
        config.getLong(STORAGE_MAX));
  }

  /** The most enqueued tokens of the model. */
  long tokensOf(String model) {
    return tokens > 0 ? tokens : tier.tokens(model);
  }
}
