package io.promptferry.producer;

import org.apache.kafka.common.config.ConfigDef;

/** The keys of a consumer; all else in its settings is Kafka's or the registry's. */
final class ConsumerSettings {

  static final String TEMPLATE = "promptferry.response.topic";
  static final String SHARED = "promptferry.responses.shared.topic";
  static final String KEPT = "promptferry.await.kept.max";

  private ConsumerSettings() {}

  static ConfigDef define() {
    return new ConfigDef()
        .define(
            TEMPLATE,
            ConfigDef.Type.STRING,
            "responses.{key}",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.MEDIUM,
            "The collector's response.topic, with topics.prefix before it where there is one.")
        .define(
            SHARED,
            ConfigDef.Type.STRING,
            "responses",
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.MEDIUM,
            "The topic of answers that found no topic of their own, with topics.prefix before it where there is one.")
        .define(
            KEPT,
            ConfigDef.Type.INT,
            10_000,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "Answers that are kept for later while one is awaited by its id; past it, awaiting fails.");
  }
}
