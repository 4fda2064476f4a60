package io.promptferry.collector.response;

import io.promptferry.schemas.TopicAdmin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * What every other topic refuses goes to the shared one, so it must take the largest response: one
 * that it refused would hold up its partition for good.
 */
public final class SharedTopicCheck {

  /** For what a record and its batch take beside the bytes that are counted. */
  private static final int MARGIN = 10_000;

  private static final String MAX_REQUEST = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
  private static final int DEFAULT_MAX_REQUEST = 1024 * 1024;

  private SharedTopicCheck() {}

  /**
   * Checks the limits of the topic and of the producer.
   *
   * @throws KafkaException when one is too low; the message says what to do
   */
  public static void check(TopicAdmin admin, String topic, AbstractConfig config) {
    int needed = config.getInt(ResponseSettings.MAX_BYTES) + MARGIN;
    Object request =
        config
            .originals()
            .getOrDefault(
                "kafka.producer." + MAX_REQUEST,
                config.originals().getOrDefault("kafka." + MAX_REQUEST, DEFAULT_MAX_REQUEST));
    require("kafka.producer." + MAX_REQUEST, request, needed);
    String limit = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
    try {
      require(limit + " of the topic " + topic, admin.settings(topic).get(limit), needed);
    } catch (AuthorizationException e) {
      // Without the right to see the topic's settings it is found out when it happens.
    }
  }

  private static void require(String name, @Nullable Object value, int needed) {
    if (value != null && Long.parseLong(value.toString().trim()) < needed) {
      throw new KafkaException(
          "%s is %s, but %s asks for at least %d: raise the one or lower the other"
              .formatted(name, value, ResponseSettings.MAX_BYTES, needed));
    }
  }
}
