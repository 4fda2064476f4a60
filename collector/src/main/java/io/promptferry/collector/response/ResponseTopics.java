package io.promptferry.collector.response;

import io.promptferry.schemas.TopicNames;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the topic of each response and makes it where it is missing. Shared by all workers of a
 * collector.
 */
public final class ResponseTopics {

  /**
   * How old the list of topics may be when a topic is not in it: others make topics too, and one
   * that exists is always used.
   */
  private static final Duration LIST_AGE = Duration.ofSeconds(30);

  /** The topics of the cluster. */
  public interface Cluster {

    Set<String> names();

    /** Those of the topics that are not there. */
    Set<String> missing(Collection<String> topics);

    /** Makes a topic; one that exists is fine. */
    void create(Topics.Spec topic);
  }

  /**
   * Where a response goes.
   *
   * @param intended the topic that it could not go to; null where it goes where it should, or was
   *     meant for none
   * @param why null where it goes where it should
   */
  public record Target(String topic, @Nullable String intended, @Nullable Overflow why) {}

  private final Topics topics;
  private final ResponseSettings settings;
  private final Cluster cluster;
  private final Clock clock;
  private final RefusedTopics refused;
  private final Set<String> existing = new HashSet<>();
  private long counted;
  private Instant listedAt = Instant.MIN;

  public ResponseTopics(Topics topics, ResponseSettings settings, Cluster cluster, Clock clock) {
    this.topics = topics;
    this.settings = settings;
    this.cluster = cluster;
    this.clock = clock;
    this.refused = new RefusedTopics(clock);
  }

  /**
   * The topic for an answer; it exists when this returns.
   *
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer
   */
  public synchronized Target target(byte @Nullable [] key, @Nullable String replyTo) {
    if (replyTo == null || replyTo.isEmpty()) {
      return ofKey(key);
    }
    if (isAllowed(replyTo)) {
      return orShared(replyTo);
    }
    Target other = ofKey(key);
    return other.intended() == null
        ? new Target(other.topic(), TopicNames.cut(replyTo), Overflow.REPLY_TO)
        : other;
  }

  /** Where answers go that have no topic of their own. */
  public String shared() {
    return topics.responses();
  }

  /** Why the topic would not take a record of this size; null where nothing is known against it. */
  public synchronized @Nullable Overflow refusal(String topic, int bytes) {
    return refused.of(topic, bytes);
  }

  /**
   * Passes the topic by for some minutes.
   *
   * @param fromBytes the smallest record that it refuses; 0 for all
   */
  public synchronized void refuse(String topic, int fromBytes, Overflow why, String message) {
    refused.add(topic, fromBytes, why, message);
  }

  /**
   * Makes those of the topics anew that were deleted since, and passes by what cannot be made.
   *
   * @return whether any was missing
   */
  public boolean renew(Collection<String> used) {
    List<String> own = used.stream().filter(topic -> !topic.equals(shared())).distinct().toList();
    // Not under the lock: every chunk of every worker asks.
    Set<String> missing = own.isEmpty() ? Set.of() : cluster.missing(own);
    if (missing.isEmpty()) {
      return false;
    }
    renewMissing(missing);
    return true;
  }

  private synchronized void renewMissing(Set<String> missing) {
    list();
    for (String topic : missing) {
      Overflow obstacle = obstacle(topic);
      if (obstacle != null) {
        refused.add(topic, 0, obstacle, "it was deleted and cannot be made anew");
      }
    }
  }

  private Target ofKey(byte @Nullable [] key) {
    boolean keyed = settings.template().endsWith(TopicNames.KEY);
    if (keyed && key == null) {
      return new Target(shared(), null, Overflow.NULL_KEY);
    }
    String name = topics.prefix() + settings.template();
    return orShared(TopicNames.of(name, key == null ? new byte[0] : key));
  }

  private Target orShared(String wanted) {
    Overflow obstacle = obstacle(wanted);
    return obstacle == null
        ? new Target(wanted, null, null)
        : new Target(shared(), wanted, obstacle);
  }

  /** Why a topic cannot be used; where nothing is against it, it is there. */
  private @Nullable Overflow obstacle(String topic) {
    // A template may make the name of one of our own topics: an answer among the dead letters would
    // be answered again, and so on for ever.
    if (topics.inner().contains(topic)
        || topic.equals(topics.deadLetters())
        || topics.isPrompts(topic)) {
      return Overflow.FORBIDDEN;
    }
    // The shared topic is checked for at the start.
    if (topic.equals(shared())) {
      return null;
    }
    Overflow refusal = refused.of(topic, 0);
    if (refusal != null) {
      return refusal;
    }
    if (!existing.contains(topic) && clock.instant().isAfter(listedAt.plus(LIST_AGE))) {
      list();
    }
    return existing.contains(topic) ? null : make(topic);
  }

  private @Nullable Overflow make(String topic) {
    if (counted >= settings.maxTopics()) {
      return Overflow.CAP;
    }
    try {
      cluster.create(topics.responseTopic(topic, settings.partitions(), settings.retentionMs()));
    } catch (InvalidTopicException | AuthorizationException | PolicyViolationException e) {
      refused.add(topic, 0, Overflow.REFUSED, String.valueOf(e.getMessage()));
      return Overflow.REFUSED;
    }
    existing.add(topic);
    counted++;
    return null;
  }

  private void list() {
    existing.clear();
    existing.addAll(cluster.names());
    counted = existing.stream().filter(this::counts).count();
    listedAt = clock.instant();
  }

  private boolean isAllowed(String replyTo) {
    return settings.replyToAllowed().matcher(replyTo).matches() && !topics.isInternal(replyTo);
  }

  private boolean counts(String topic) {
    return topic.startsWith(topics.prefix() + settings.template().replace(TopicNames.KEY, ""))
        || isAllowed(topic);
  }
}
