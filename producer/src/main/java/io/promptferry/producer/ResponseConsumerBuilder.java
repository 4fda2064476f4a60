package io.promptferry.producer;

import io.promptferry.records.PromptResponse;
import io.promptferry.schemas.RecordSerdes;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes a {@link ResponseConsumer}. */
public final class ResponseConsumerBuilder {

  /** Kafka's five minutes would be how long a group does not see a new key. */
  private static final int TOPICS_SEEN_WITHIN_MS = 5_000;

  private final Map<String, Object> settings = new HashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final Set<String> replyTopics = new HashSet<>();
  private boolean all;
  private boolean fromEnd;
  private Clock clock = Clock.systemUTC();

  ResponseConsumerBuilder() {}

  /** Kafka's brokers, {@code host:port} separated by commas. */
  public ResponseConsumerBuilder bootstrapServers(String servers) {
    return setting(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
  }

  /** The schema registry's URL. */
  public ResponseConsumerBuilder schemaRegistry(String url) {
    return setting(ClientSettings.REGISTRY_URL, url);
  }

  /** The consumer group; by default none. Its first start reads from the beginning. */
  public ResponseConsumerBuilder group(String id) {
    return setting(ConsumerConfig.GROUP_ID_CONFIG, id);
  }

  /** The answers of these keys. */
  public ResponseConsumerBuilder keys(String... wanted) {
    return keys(List.of(wanted));
  }

  /** The answers of these keys. */
  public ResponseConsumerBuilder keys(Collection<String> wanted) {
    keys.addAll(wanted);
    return this;
  }

  /** The answers of every key, and of prompts without one. */
  public ResponseConsumerBuilder allKeys() {
    all = true;
    return this;
  }

  /** A topic that prompts name in {@code replyTo}. */
  public ResponseConsumerBuilder replyTopic(String topic) {
    replyTopics.add(topic);
    return this;
  }

  /** Passes over what is there already; only without a group. */
  public ResponseConsumerBuilder fromNow() {
    fromEnd = true;
    return this;
  }

  /** Any setting of Kafka's consumer, of the registry's client, or of ours. */
  public ResponseConsumerBuilder setting(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** Several of them; {@link java.util.Properties} too. */
  public ResponseConsumerBuilder settings(Map<?, ?> more) {
    more.forEach((key, value) -> settings.put(String.valueOf(key), value));
    return this;
  }

  /** By which waits are measured; the system's by default. */
  public ResponseConsumerBuilder clock(Clock newClock) {
    clock = newClock;
    return this;
  }

  /**
   * Connects, and subscribes.
   *
   * @throws ConfigException when a setting is missing or wrong, or nothing is asked for
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  public ResponseConsumer build() {
    ClientSettings parted = parted();
    check();
    var values = new RecordSerdes(parted.registry()).deserializer(PromptResponse.class);
    Consumer<byte[], PromptResponse> consumer =
        new KafkaConsumer<>(kafka(parted), new ByteArrayDeserializer(), values);
    try {
      return reading(consumer, parted);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  ResponseConsumer reading(Consumer<byte[], PromptResponse> consumer, ClientSettings parted) {
    AbstractConfig own = parted.own();
    Wanted wanted =
        new Wanted(
            own.getString(ConsumerSettings.TEMPLATE),
            own.getString(ConsumerSettings.SHARED),
            Set.copyOf(keys),
            Set.copyOf(replyTopics),
            all);
    Subscription subscription =
        inGroup()
            ? Subscription.Group.join(consumer, wanted)
            : new Subscription.Alone(consumer, wanted, fromEnd, clock);
    return new ResponseConsumer(
        consumer, wanted, subscription, own.getInt(ConsumerSettings.KEPT), clock);
  }

  ClientSettings parted() {
    return ClientSettings.of(ConsumerSettings.define(), settings);
  }

  private void check() {
    if (!all && keys.isEmpty() && replyTopics.isEmpty()) {
      throw new ConfigException("say whose answers to read: keys(), replyTopic() or allKeys()");
    }
    if (fromEnd && inGroup()) {
      throw new ConfigException(
          "fromNow() is for consumers without a group: a group goes on at its position; for its first start set auto.offset.reset=latest");
    }
  }

  private boolean inGroup() {
    return settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG);
  }

  static Map<String, Object> kafka(ClientSettings parted) {
    Map<String, Object> kafka = new HashMap<>(parted.kafka());
    kafka.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    kafka.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, TOPICS_SEEN_WITHIN_MS);
    if (!kafka.containsKey(ConsumerConfig.GROUP_PROTOCOL_CONFIG)) {
      // The topic of a new key should not stop the reading of all others.
      kafka.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // The collector makes topics, with the retention that they should have.
    kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return kafka;
  }
}
