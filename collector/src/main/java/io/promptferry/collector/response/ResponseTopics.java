package io.promptferry.collector.response;

import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the topic of each response and makes it where it is missing. Shared by all workers of a
 * collector.
 */
public final class ResponseTopics {

  private static final Logger LOG = LoggerFactory.getLogger(ResponseTopics.class);

  /**
   * How old the list of topics may be when a topic is not in it: others make topics too, and one
   * that exists is always used.
   */
  private static final Duration LIST_AGE = Duration.ofSeconds(30);

  /** The topics of the cluster. */
  public interface Cluster {

    Set<String> names();

    /** Makes a topic; one that exists is fine. */
    void create(Topics.Spec topic);
  }

  /**
   * Where a response goes.
   *
   * @param intended the topic that it could not go to; null where it goes where it should
   */
  public record Target(String topic, @Nullable String intended) {}

  private final Topics topics;
  private final ResponseSettings settings;
  private final Cluster cluster;
  private final Clock clock;
  private final Set<String> existing = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private long counted;
  private Instant listedAt = Instant.MIN;

  public ResponseTopics(Topics topics, ResponseSettings settings, Cluster cluster, Clock clock) {
    this.topics = topics;
    this.settings = settings;
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * The topic for an answer; it exists when this returns.
   *
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer
   */
  public synchronized Target target(byte @Nullable [] key, @Nullable String replyTo) {
    String wanted = wanted(key, replyTo);
    // A template may make the name of one of our own topics: an answer among the dead letters would
    // be answered again, and so on for ever.
    boolean usable = !isForbidden(wanted) && (isThere(wanted) || make(wanted));
    return usable ? new Target(wanted, null) : new Target(topics.responses(), wanted);
  }

  private String wanted(byte @Nullable [] key, @Nullable String replyTo) {
    if (replyTo != null && isAllowed(replyTo)) {
      return replyTo;
    }
    boolean keyed = settings.template().endsWith(TopicNames.KEY);
    if (keyed && key == null) {
      return topics.responses();
    }
    return TopicNames.of(topics.prefix() + settings.template(), key == null ? new byte[0] : key);
  }

  private boolean isAllowed(String replyTo) {
    // The pattern that allows nothing is the empty one, which the empty name matches.
    return !replyTo.isEmpty()
        && settings.replyToAllowed().matcher(replyTo).matches()
        && !isForbidden(replyTo)
        && !replyTo.startsWith("__");
  }

  private boolean isForbidden(String topic) {
    return topics.inner().contains(topic)
        || topic.equals(topics.deadLetters())
        || topics.isPrompts(topic);
  }

  /** The shared topic is checked for at the start. */
  private boolean isThere(String topic) {
    return topic.equals(topics.responses()) || existing.contains(topic);
  }

  private boolean make(String topic) {
    if (clock.instant().isAfter(listedAt.plus(LIST_AGE))) {
      list();
    }
    if (existing.contains(topic)) {
      return true;
    }
    if (counted >= settings.maxTopics() || refused.contains(topic)) {
      return false;
    }
    try {
      cluster.create(topics.responseTopic(topic));
    } catch (InvalidTopicException | AuthorizationException | PolicyViolationException e) {
      LOG.warn(
          "the cluster refuses the topic {}, its answers go to {}: {}",
          topic,
          topics.responses(),
          e.getMessage());
      refused.add(topic);
      return false;
    }
    existing.add(topic);
    counted++;
    return true;
  }

  private void list() {
    existing.clear();
    existing.addAll(cluster.names());
    // Asked for again from time to time, since rights may be given.
    refused.clear();
    counted = existing.stream().filter(this::counts).count();
    listedAt = clock.instant();
  }

  private boolean counts(String topic) {
    return topic.startsWith(topics.prefix() + settings.template().replace(TopicNames.KEY, ""))
        || isAllowed(topic);
  }
}
