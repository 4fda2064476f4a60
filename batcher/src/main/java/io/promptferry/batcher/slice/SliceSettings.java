package io.promptferry.batcher.slice;

import io.promptferry.batcher.BatchLimits;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How prompts are sliced.
 *
 * @param defaultModel for events that name none; empty: such an event is refused
 * @param interval how long a slice may grow
 * @param limits of the batches that the slices must fit
 */
public record SliceSettings(String defaultModel, Duration interval, BatchLimits limits) {

  public static final String DEFAULT_MODEL = "prompt.default.model";
  public static final String INTERVAL = "slice.interval.ms";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            DEFAULT_MODEL,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.Importance.HIGH,
            "The model for prompts that name none, for example gemini-2.5-flash. Empty: such a prompt is answered"
                + " FAILED with reason NO_MODEL.")
        .define(
            INTERVAL,
            ConfigDef.Type.LONG,
            500L,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "How long a slice grows before it is written. Longer means fewer, larger records and later batches.");
  }

  public static SliceSettings from(AbstractConfig config) {
    return new SliceSettings(
        config.getString(DEFAULT_MODEL),
        Duration.ofMillis(config.getLong(INTERVAL)),
        BatchLimits.from(config));
  }
}
