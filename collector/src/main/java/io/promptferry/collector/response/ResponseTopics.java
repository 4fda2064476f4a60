package io.promptferry.collector.response;

import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the topic of each response and makes it where it is missing. Shared by all workers of a
 * collector.
 */
public final class ResponseTopics {

  private final Topics topics;
  private final ResponseSettings settings;
  private final TopicAdmin admin;
  private final Supplier<Set<String>> list;
  private final Set<String> forbidden;
  private @Nullable Set<String> existing;

  /**
   * Where a response goes.
   *
   * @param intended the topic that it could not go to; null where it goes where it should
   */
  public record Target(String topic, @Nullable String intended) {}

  /**
   * Chooses by these settings.
   *
   * @param list the names of all topics of the cluster
   */
  public ResponseTopics(
      Topics topics, ResponseSettings settings, TopicAdmin admin, Supplier<Set<String>> list) {
    this.topics = topics;
    this.settings = settings;
    this.admin = admin;
    this.list = list;
    var own = new HashSet<>(topics.inner());
    own.addAll(List.of(topics.prompts(), topics.deadLetters()));
    this.forbidden = Set.copyOf(own);
  }

  /**
   * The topic for an answer; it exists when this returns.
   *
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer
   */
  public synchronized Target target(byte @Nullable [] key, @Nullable String replyTo) {
    String wanted = wanted(key, replyTo);
    if (wanted.equals(topics.responses()) || exists(wanted)) {
      return new Target(wanted, null);
    }
    if (countOwn() >= settings.maxTopics()) {
      return new Target(topics.responses(), wanted);
    }
    admin.create(List.of(topics.responseTopic(wanted)));
    existing().add(wanted);
    return new Target(wanted, null);
  }

  private String wanted(byte @Nullable [] key, @Nullable String replyTo) {
    if (replyTo != null
        && settings.replyToAllowed().matcher(replyTo).matches()
        && !forbidden.contains(replyTo)
        && !replyTo.startsWith("__")) {
      return replyTo;
    }
    boolean keyed = settings.template().endsWith(TopicNames.KEY);
    if (keyed && key == null) {
      return topics.responses();
    }
    return TopicNames.of(topics.prefix() + settings.template(), key == null ? new byte[0] : key);
  }

  private boolean exists(String topic) {
    return existing().contains(topic);
  }

  private long countOwn() {
    String start = topics.prefix() + settings.template().replace(TopicNames.KEY, "");
    return existing().stream().filter(topic -> topic.startsWith(start)).count();
  }

  private Set<String> existing() {
    if (existing == null) {
      existing = new HashSet<>(list.get());
    }
    return existing;
  }
}
