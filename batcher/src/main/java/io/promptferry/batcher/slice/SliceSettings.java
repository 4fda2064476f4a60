package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.LaneFinder;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.schemas.PromptValidation;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * How prompts are sliced.
 *
 * @param rules that prompts must meet
 * @param interval how long a slice may grow
 * @param policies of the batches that the slices must fit
 */
public record SliceSettings(
    PromptValidation.Rules rules, Duration interval, LanePolicies policies) {

  public static final String DEFAULT_MODEL = "prompt.default.model";
  public static final String ALLOWED_MODELS = "prompt.models.allowed";
  public static final String INTERVAL = "slice.interval.ms";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return LaneFinder.define(def)
        .define(
            DEFAULT_MODEL,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(
                SliceSettings::checkModel, () -> "a model's name, or empty"),
            ConfigDef.Importance.HIGH,
            "The model for prompts that name none, for example gemini-2.5-flash. Empty: such a prompt is answered"
                + " FAILED with reason NO_MODEL.")
        .define(
            ALLOWED_MODELS,
            ConfigDef.Type.LIST,
            "",
            ConfigDef.LambdaValidator.with(
                SliceSettings::checkModels, () -> "models' names, separated by commas, or empty"),
            ConfigDef.Importance.MEDIUM,
            "The models that prompts may name, separated by commas. A prompt for another one is answered FAILED with"
                + " reason MODEL_NOT_ALLOWED. Empty: any.")
        .define(
            INTERVAL,
            ConfigDef.Type.LONG,
            500L,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "How long a slice grows before it is written. Longer means fewer, larger records and later batches.");
  }

  public static SliceSettings from(AbstractConfig config) {
    String defaultModel = PromptValidation.plainName(config.getString(DEFAULT_MODEL));
    Set<String> allowed =
        config.getList(ALLOWED_MODELS).stream()
            .map(PromptValidation::plainName)
            .collect(Collectors.toSet());
    if (!defaultModel.isEmpty() && !allowed.isEmpty() && !allowed.contains(defaultModel)) {
      throw new ConfigException(
          DEFAULT_MODEL, defaultModel, "put it on " + ALLOWED_MODELS + " or choose one that is");
    }
    return new SliceSettings(
        new PromptValidation.Rules(defaultModel, allowed),
        Duration.ofMillis(config.getLong(INTERVAL)),
        LanePolicies.from(config));
  }

  private static void checkModels(String key, Object value) {
    ((List<?>) value).forEach(model -> checkModel(key, model));
  }

  private static void checkModel(String key, Object value) {
    String model = value.toString();
    if (!model.isEmpty() && !PromptValidation.isModelName(model)) {
      throw new ConfigException(key, value, "use a model's name such as gemini-2.5-flash");
    }
  }
}
