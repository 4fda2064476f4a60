package io.promptferry.collector.response;

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
 */
public record ResponseSettings(String template, int maxTopics, Pattern replyToAllowed) {

  public static final String TOPIC = "response.topic";
  public static final String TOPICS_MAX = "response.topics.max";
  public static final String REPLY_TO_ALLOWED = "reply.to.allowed";

  public static final String MAX_BYTES = "response.max.bytes";

  /** Below the broker's default for a record, 1,048,588 bytes with key and headers. */
  private static final int DEFAULT_MAX_BYTES = 1_000_000;

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
            MAX_BYTES,
            ConfigDef.Type.INT,
            DEFAULT_MAX_BYTES,
            ConfigDef.Range.atLeast(1_000),
            ConfigDef.Importance.LOW,
            "A larger response is not passed on; its prompt is answered FAILED with reason ANSWER_TOO_LARGE. To raise it,"
                + " raise kafka.producer.max.request.size and the topics' max.message.bytes with it.")
        .define(
            REPLY_TO_ALLOWED,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(
                ResponseSettings::checkPattern, () -> "a regular expression"),
            ConfigDef.Importance.MEDIUM,
            "A regular expression: an event's replyTo is obeyed where it matches as a whole. Empty: never. Promptferry's"
                + " own topics are never allowed.");
  }

  public static ResponseSettings from(AbstractConfig config) {
    return new ResponseSettings(
        config.getString(TOPIC),
        config.getInt(TOPICS_MAX),
        Pattern.compile(config.getString(REPLY_TO_ALLOWED)));
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

  private static void checkPattern(String key, Object value) {
    try {
      Pattern.compile(value.toString());
    } catch (PatternSyntaxException e) {
      throw new ConfigException(key, value, "is no regular expression: " + e.getDescription());
    }
  }
}
