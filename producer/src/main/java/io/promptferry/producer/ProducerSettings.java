package io.promptferry.producer;

import org.apache.kafka.common.config.ConfigDef;

/** The keys of a producer; all else in its settings is Kafka's or the registry's. */
final class ProducerSettings {

  static final String TOPIC = "promptferry.prompts.topic";
  static final String IN_FLIGHT = "promptferry.in.flight.max";
  static final String MODELS = "promptferry.models.allowed";
  static final String MODEL = "promptferry.model.default";
  static final String MAX_BYTES = "promptferry.batch.max.bytes";
  static final String MAX_TOKENS = "promptferry.batch.max.tokens";
  static final String INLINE = "promptferry.inline.max.bytes";
  static final String PART_WAIT = "promptferry.part.wait.ms";

  private ProducerSettings() {}

  static ConfigDef define() {
    return new ConfigDef()
        .define(
            TOPIC,
            ConfigDef.Type.STRING,
            "prompts",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.HIGH,
            "The topic that prompts are sent to.")
        .define(
            IN_FLIGHT,
            ConfigDef.Type.INT,
            10_000,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "Prompts that Kafka has not acknowledged yet; past it, sending waits up to max.block.ms and then fails.")
        .define(
            MODELS,
            ConfigDef.Type.LIST,
            "",
            ConfigDef.Importance.MEDIUM,
            "The batcher's prompt.models.allowed, to refuse other models before they are sent; empty: any.")
        .define(
            MODEL,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.Importance.LOW,
            "The batcher's prompt.default.model, to hold prompts that name no model against those that are allowed.")
        .define(
            MAX_BYTES,
            ConfigDef.Type.LONG,
            Long.MAX_VALUE,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "The batcher's batch.max.bytes: a prompt that alone takes more is refused before it is sent.")
        .define(
            MAX_TOKENS,
            ConfigDef.Type.LONG,
            Long.MAX_VALUE,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "The batcher's batch.max.tokens: a prompt whose estimate alone is more is refused before it is sent.")
        .define(
            INLINE,
            ConfigDef.Type.INT,
            512 * 1024,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.MEDIUM,
            "Bytes of inline parts that one prompt may carry; what is more goes to the part store, where there is one.")
        .define(
            PART_WAIT,
            ConfigDef.Type.LONG,
            86_400_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.MEDIUM,
            "How long a stored part must stay readable; until the prompt's deadline where that is later.");
  }
}
