package io.promptferry.batcher.slice;

import io.promptferry.batcher.BatchLimits;
import io.promptferry.schemas.PromptValidation;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

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
            ConfigDef.LambdaValidator.with(
                SliceSettings::checkModel, () -> "a model's name, or empty"),
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

  private static void checkModel(String key, Object value) {
    String model = value.toString();
    if (!model.isEmpty() && !PromptValidation.isModelName(model)) {
      throw new ConfigException(key, value, "use a model's name such as gemini-2.5-flash");
    }
  }
}
