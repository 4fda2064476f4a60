package io.promptferry.collector.response;

import io.promptferry.schemas.TopicNames;
import io.promptferry.schemas.Topics;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Where responses go.
 *
 * @param template of a topic's name, the topics prefix not included
 * @param maxTopics how many topics the template may have made in the cluster
 * @param replyToAllowed what an event's replyTo must match as a whole
 * @param partitions of a topic that is made; several keep the order of each key, one that of all
 * @param retentionMs how long a topic that is made keeps its answers; -1 for ever
 */
public record ResponseSettings(
    String template, int maxTopics, Pattern replyToAllowed, int partitions, long retentionMs) {

  public static final String TOPIC = "response.topic";
  public static final String TOPICS_MAX = "response.topics.max";
  public static final String PARTITIONS = "response.topic.partitions";
  public static final String RETENTION_MS = "response.topic.retention.ms";
  public static final String REPLY_TO_ALLOWED = "reply.to.allowed";

  public static final String MAX_BYTES = "response.max.bytes";

  /** Below the broker's default for a record, 1,048,588 bytes with key and headers. */
  private static final int DEFAULT_MAX_BYTES = 1_000_000;

  /** Topics are made with one partition and kept as long as prompts. */
  public ResponseSettings(String template, int maxTopics, Pattern replyToAllowed) {
    this(template, maxTopics, replyToAllowed, 1, Topics.RETENTION.toMillis());
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            TOPIC,
            ConfigDef.Type.STRING,
            "responses." + TopicNames.KEY,
            ConfigDef.LambdaValidator.with(
                ResponseSettings::checkTemplate, () -> "a topic name, {key} at its end or nowhere"),
            ConfigDef.Importance.HIGH,
            "The topic of a response, after topics.prefix; {key} stands for the prompt's key, encoded so that any key"
                + " makes a valid name. Without {key} all responses go to one topic, which suits keys without bound.")
        .define(
            TOPICS_MAX,
            ConfigDef.Type.INT,
            2_000,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.MEDIUM,
            "So many topics of a key are made, counted in the cluster; past that, answers for new keys go to the shared"
                + " topic responses, with the intended topic in a header.")
        .define(
            PARTITIONS,
            ConfigDef.Type.INT,
            1,
            ConfigDef.Range.between(1, 1_000),
            ConfigDef.Importance.LOW,
            "Partitions of a response topic that is made. Answers of one key keep their order with any number. Topics that"
                + " exist stay as they are.")
        .define(
            RETENTION_MS,
            ConfigDef.Type.LONG,
            Topics.RETENTION.toMillis(),
            ConfigDef.LambdaValidator.with(
                ResponseSettings::checkRetention, () -> "-1, or at least 1"),
            ConfigDef.Importance.MEDIUM,
            "The retention.ms of a response topic that is made: so long a consumer may be away; -1: for ever. Topics that"
                + " exist stay as they are, and so does the shared topic responses.")
        .define(
            MAX_BYTES,
            ConfigDef.Type.INT,
            DEFAULT_MAX_BYTES,
            ConfigDef.Range.atLeast(1_000),
            ConfigDef.Importance.LOW,
            "The most bytes of a response with its key and headers, before compression. For a larger one the prompt is"
                + " answered FAILED with reason ANSWER_TOO_LARGE. To raise it,"
                + " raise kafka.producer.max.request.size and the topics' max.message.bytes with it.")
        .define(
            REPLY_TO_ALLOWED,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(
                ResponseSettings::checkPattern, () -> "a regular expression"),
            ConfigDef.Importance.MEDIUM,
            "A regular expression: an event's replyTo is obeyed where it matches as a whole, and made where it does not"
                + " exist. Empty: never. Internal topics of Kafka and of any Promptferry are never allowed. Existing"
                + " topics that match count for response.topics.max.");
  }

  public static ResponseSettings from(AbstractConfig config) {
    return new ResponseSettings(
        config.getString(TOPIC),
        config.getInt(TOPICS_MAX),
        Pattern.compile(config.getString(REPLY_TO_ALLOWED)),
        config.getInt(PARTITIONS),
        config.getLong(RETENTION_MS));
  }

  private static void checkTemplate(String key, Object value) {
    String template = value.toString();
    boolean keyed = template.endsWith(TopicNames.KEY);
    String fixed =
        keyed ? template.substring(0, template.length() - TopicNames.KEY.length()) : template;
    if (!fixed.matches("[a-zA-Z0-9._-]{1,150}")) {
      throw new ConfigException(
          key, value, "use letters, digits, '.', '_' and '-', and {key} at the end or nowhere");
    }
  }

  private static void checkRetention(String key, Object value) {
    long millis = (Long) value;
    if (millis != -1 && millis < 1) {
      throw new ConfigException(key, value, "use -1 for ever, or at least 1");
    }
  }

  private static void checkPattern(String key, Object value) {
    try {
      Pattern.compile(value.toString());
    } catch (PatternSyntaxException e) {
      throw new ConfigException(key, value, "is no regular expression: " + e.getDescription());
    }
  }
}
