package io.promptferry.runtime.kafka;

import io.promptferry.runtime.config.ServiceConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Makes Kafka clients with what correctness asks of them, and with what the configuration passes
 * on: {@code kafka.x} to all, {@code kafka.consumer.x}, {@code kafka.producer.x} and {@code
 * kafka.streams.x} to each kind.
 */
public final class KafkaClients {

  private static final String ALL = "kafka.";
  private static final List<String> KINDS = List.of("consumer.", "producer.", "streams.");

  /**
   * Short, since a transaction that its writer left open holds up all who read behind it until the
   * broker ends it; ours hold one chunk each.
   */
  private static final int TRANSACTION_TIMEOUT_MS = 20_000;

  /**
   * Kafka's 500 let one poll unpack 500 prompts of a megabyte out of a fetch of one, where prompts
   * compress well: a heap of 256 MB was seen to end there. More polls cost little, since they are
   * answered from what was fetched.
   */
  private static final int MAX_POLL_RECORDS = 20;

  private static final String GROUP_PROTOCOL = ConsumerConfig.GROUP_PROTOCOL_CONFIG;
  private static final String CLASSIC = GroupProtocol.CLASSIC.name().toLowerCase(Locale.ROOT);

  private final ServiceConfig config;

  /**
   * Refuses another group protocol than the classic one, rather than to pass over what somebody has
   * set: positions are set, and ownership is checked, in groups of that kind.
   *
   * @throws ConfigException when one is configured
   */
  public KafkaClients(ServiceConfig config) {
    this.config = config;
    config
        .originalsWithPrefix(ALL)
        .forEach(
            (key, value) -> {
              if (key.endsWith(GROUP_PROTOCOL) && !CLASSIC.equalsIgnoreCase(value.toString())) {
                throw new ConfigException(
                    ALL + key, value, "leave it out: Promptferry's groups are classic ones");
              }
            });
  }

  public Admin admin() {
    return Admin.create(shared());
  }

  /** Settings for Kafka Streams: what goes to all clients, and {@code kafka.streams.} over it. */
  public Map<String, Object> streams() {
    Map<String, Object> settings = shared();
    settings.putAll(config.originalsWithPrefix(ALL + "streams."));
    settings.put(GROUP_PROTOCOL, CLASSIC);
    return settings;
  }

  /**
   * A consumer that belongs to a group, reads only what is committed, and leaves commits to its
   * owner.
   */
  public <V> Consumer<byte[], V> groupConsumer(
      String group, Deserializer<V> values, Map<String, Object> more) {
    Map<String, Object> settings = consumerSettings();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.putAll(more);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), values);
  }

  /** A consumer without a group, which is told what to read and fails where that does not exist. */
  public <V> Consumer<byte[], V> reader(Deserializer<V> values) {
    Map<String, Object> settings = consumerSettings();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), values);
  }

  /** A producer that writes in transactions; a later one of the same id fences it. */
  public Producer<byte[], byte[]> transactional(String transactionalId) {
    return transactional(transactionalId, Map.of());
  }

  /**
   * A producer that writes in transactions.
   *
   * @param defaults settings for where the configuration says nothing
   */
  public Producer<byte[], byte[]> transactional(
      String transactionalId, Map<String, Object> defaults) {
    Map<String, Object> settings = producerSettings();
    defaults.forEach(settings::putIfAbsent);
    settings.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A producer whose sends are acknowledged by all replicas and never doubled by a retry. */
  public Producer<byte[], byte[]> idempotent() {
    return new KafkaProducer<>(
        producerSettings(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> consumerSettings() {
    Map<String, Object> settings = shared();
    settings.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    settings.putAll(config.originalsWithPrefix(ALL + "consumer."));
    settings.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
    settings.put(GROUP_PROTOCOL, CLASSIC);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return settings;
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = shared();
    settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
    settings.putAll(config.originalsWithPrefix(ALL + "producer."));
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return settings;
  }

  private Map<String, Object> shared() {
    var settings = new HashMap<String, Object>(config.originalsWithPrefix(ALL));
    settings.keySet().removeIf(key -> KINDS.stream().anyMatch(key::startsWith));
    settings.putIfAbsent("client.id", config.getString(ServiceConfig.DEPLOYMENT));
    return settings;
  }
}
