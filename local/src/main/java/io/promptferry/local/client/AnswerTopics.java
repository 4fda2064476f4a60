package io.promptferry.local.client;

import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.TopicNames;
import io.promptferry.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Predicate;

/** Which topics may hold the answers that are asked for. */
public final class AnswerTopics {

  private AnswerTopics() {}

  /** Every topic that the collector's {@code response.topic} can name, and the shared one. */
  public static Predicate<String> all(ServiceConfig config) {
    String template = template(config);
    String fixed = template.replace(TopicNames.KEY, "");
    Predicate<String> ofAKey =
        template.equals(fixed) ? fixed::equals : topic -> topic.startsWith(fixed);
    return ofAKey.or(shared(config)::equals);
  }

  /**
   * The topic of one key, and the shared one, where answers go that found no topic of their own.
   */
  public static Predicate<String> of(String key, ServiceConfig config) {
    String own = TopicNames.of(template(config), key.getBytes(StandardCharsets.UTF_8));
    return Set.of(own, shared(config))::contains;
  }

  private static String template(ServiceConfig config) {
    return Topics.from(config).prefix() + config.getString(ResponseSettings.TOPIC);
  }

  private static String shared(ServiceConfig config) {
    return Topics.from(config).responses();
  }
}
