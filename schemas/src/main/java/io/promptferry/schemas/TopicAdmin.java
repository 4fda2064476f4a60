package io.promptferry.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topics, and checks them for the services that need them. */
public final class TopicAdmin {

  private final Admin admin;
  private final Duration timeout;

  /**
   * Borrows the client.
   *
   * @param timeout how long each question to the cluster may take
   */
  public TopicAdmin(Admin admin, Duration timeout) {
    this.admin = admin;
    this.timeout = timeout;
  }

  /**
   * Makes the topics that do not exist yet and leaves those that do as they are.
   *
   * @return the names of the topics that were made
   * @throws KafkaException when the cluster refuses or does not answer
   */
  public List<String> create(Collection<Topics.Spec> specs) {
    var made = new ArrayList<String>();
    for (Topics.Spec spec : specs) {
      var topic =
          new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.empty())
              .configs(spec.settings());
      try {
        await(
            admin
                .createTopics(List.of(topic), new CreateTopicsOptions().timeoutMs(millis()))
                .all());
        made.add(spec.name());
      } catch (TopicExistsException e) {
        // Somebody else's settings are theirs to keep.
      }
    }
    return made;
  }

  /**
   * Checks what a service needs before it starts.
   *
   * @param needed topics that must exist
   * @param equal topics among them that must have one partition count
   * @return what is wrong and what to do about it, or nothing
   * @throws KafkaException when the cluster does not answer
   */
  public Optional<String> problem(Collection<String> needed, Collection<String> equal) {
    var missing = new TreeSet<String>();
    var partitions = new TreeMap<String, Integer>();
    for (String topic : needed) {
      try {
        partitions.put(topic, describe(topic).partitions().size());
      } catch (UnknownTopicOrPartitionException e) {
        missing.add(topic);
      }
    }
    if (!missing.isEmpty()) {
      return Optional.of(
          "topics are missing: "
              + String.join(", ", missing)
              + "; run 'promptferry topics create' (with --config FILE where this configuration names topics)");
    }
    Map<String, Integer> counts = new TreeMap<>(partitions);
    counts.keySet().retainAll(equal);
    if (counts.values().stream().distinct().count() > 1) {
      return Optional.of(
          "the inner topics must have equal partition counts, but have "
              + counts
              + "; make them anew with equal ones");
    }
    return Optional.empty();
  }

  /**
   * The topic as the cluster has it.
   *
   * @throws UnknownTopicOrPartitionException when there is none
   */
  public TopicDescription describe(String topic) {
    return await(
        Objects.requireNonNull(
            admin
                .describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(millis()))
                .topicNameValues()
                .get(topic),
            "Kafka answers each topic asked for"));
  }

  /** The id that tells the topic from a later one of the same name; empty when there is none. */
  public Optional<String> topicId(String topic) {
    try {
      return Optional.of(describe(topic).topicId().toString());
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    }
  }

  /**
   * The topic's settings as they hold, defaults included.
   *
   * @throws UnknownTopicOrPartitionException when there is none
   */
  public Map<String, String> settings(String topic) {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config =
        await(
            Objects.requireNonNull(
                admin
                    .describeConfigs(
                        List.of(resource), new DescribeConfigsOptions().timeoutMs(millis()))
                    .values()
                    .get(resource),
                "Kafka answers each topic asked for"));
    var settings = new TreeMap<String, String>();
    config.entries().forEach(entry -> settings.put(entry.name(), entry.value()));
    return settings;
  }

  /** The ids of those of the topics that exist, by name; all are asked for in one call. */
  public Map<String, String> topicIds(Collection<String> topics) {
    var ids = new TreeMap<String, String>();
    admin
        .describeTopics(topics, new DescribeTopicsOptions().timeoutMs(millis()))
        .topicNameValues()
        .forEach(
            (topic, answer) -> {
              try {
                ids.put(topic, await(answer).topicId().toString());
              } catch (UnknownTopicOrPartitionException e) {
                // Left out.
              }
            });
    return ids;
  }

  /**
   * Those of the topics that the cluster does not have; all are asked for in one call. One that it
   * says nothing about, for want of rights, is not among them.
   */
  public Set<String> missing(Collection<String> topics) {
    var missing = new TreeSet<String>();
    admin
        .describeTopics(topics, new DescribeTopicsOptions().timeoutMs(millis()))
        .topicNameValues()
        .forEach(
            (topic, answer) -> {
              try {
                await(answer);
              } catch (UnknownTopicOrPartitionException e) {
                missing.add(topic);
              } catch (AuthorizationException | InvalidTopicException e) {
                // Whoever writes to it will learn.
              }
            });
    return missing;
  }

  /** The names of all topics of the cluster that the caller may see. */
  public Set<String> names() {
    return await(admin.listTopics(new ListTopicsOptions().timeoutMs(millis())).names());
  }

  /** Asked of the client too: closing it waits for the calls that are still under way. */
  private int millis() {
    return (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
  }

  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException late) {
        throw noAnswer(late);
      }
      if (e.getCause() instanceof KafkaException kafka) {
        throw kafka;
      }
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw noAnswer(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private KafkaException noAnswer(Exception cause) {
    return new org.apache.kafka.common.errors.TimeoutException(
        "the Kafka cluster did not answer within "
            + timeout.toSeconds()
            + " s: check kafka.bootstrap.servers",
        cause);
  }
}
