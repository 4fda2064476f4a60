package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.RecordSerdes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Makes a {@link PromptProducer}, or the {@link PromptRecords} alone. */
public final class PromptProducerBuilder {

  /** Kafka's defaults of the settings that are read here as well. */
  private static final String MAX_BLOCK_MS = "60000";

  private static final String MAX_REQUEST_SIZE = "1048576";

  private final Map<String, Object> settings = new HashMap<>();
  private @Nullable PartStore store;
  private Clock clock = Clock.systemUTC();

  PromptProducerBuilder() {}

  /** Kafka's brokers, {@code host:port} separated by commas. */
  public PromptProducerBuilder bootstrapServers(String servers) {
    return setting(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
  }

  /** The schema registry's URL. */
  public PromptProducerBuilder schemaRegistry(String url) {
    return setting(ClientSettings.REGISTRY_URL, url);
  }

  /** The topic that prompts go to; {@code prompts} by default. */
  public PromptProducerBuilder topic(String topic) {
    return setting(ProducerSettings.TOPIC, topic);
  }

  /** Any setting of Kafka's producer, of the registry's client, or of ours. */
  public PromptProducerBuilder setting(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** Several of them; {@link java.util.Properties} too. */
  public PromptProducerBuilder settings(Map<?, ?> all) {
    all.forEach((key, value) -> settings.put(String.valueOf(key), value));
    return this;
  }

  /** Where parts go that are too large for a record; by default such a prompt is refused. */
  public PromptProducerBuilder partStore(PartStore newStore) {
    store = newStore;
    return this;
  }

  /** Against which deadlines are held; the system's by default. */
  public PromptProducerBuilder clock(Clock newClock) {
    clock = newClock;
    return this;
  }

  /**
   * A producer with a Kafka client of its own.
   *
   * @throws ConfigException when a setting is missing or wrong
   */
  public PromptProducer build() {
    ClientSettings parted = parted();
    Map<String, Object> kafka = new HashMap<>(parted.kafka());
    if (kafka.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG)) {
      throw new ConfigException(
          "a producer of its own sends without transactions: unset transactional.id, or give your own producer to within()");
    }
    kafka.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    kafka.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
    kafka.put(ProducerConfig.ACKS_CONFIG, "all");
    kafka.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    PromptRecords records = records();
    return producer(
        parted,
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer()),
        true,
        records);
  }

  /**
   * A producer that sends through the caller's own client, inside of the caller's transaction where
   * one is open. Beginning, committing and closing stay with the caller. Of Kafka's settings {@code
   * max.block.ms} and {@code max.request.size} are read, and should be the client's.
   *
   * <pre>{@code
   * kafka.initTransactions();
   * PromptProducer prompts = settings.within(kafka);
   *
   * kafka.beginTransaction();
   * try {
   *   kafka.send(new ProducerRecord<>("orders", order));
   *   prompts.send(Prompt.text("Classify: " + text).key("orders").build());
   *   kafka.commitTransaction();
   * } catch (RuntimeException e) {
   *   kafka.abortTransaction();
   *   throw e;
   * }
   * }</pre>
   *
   * @param client acks=all and idempotent, else a prompt may be lost or doubled; a transactional
   *     one is both. See {@link PromptRecords} for what a transaction means
   */
  public PromptProducer within(Producer<byte[], byte[]> client) {
    return producer(parted(), client, false, records());
  }

  /** Makes records, for a caller who sends by other means. */
  public PromptRecords records() {
    return records(new RecordSerdes(parted().registry()).serializer(PromptEvent.class));
  }

  PromptRecords records(Serializer<PromptEvent> serializer) {
    ClientSettings parted = parted();
    AbstractConfig own = parted.own();
    Optional<ClaimCheck> claims =
        Optional.ofNullable(store)
            .map(
                found ->
                    new ClaimCheck(
                        found,
                        own.getInt(ProducerSettings.INLINE),
                        Duration.ofMillis(own.getLong(ProducerSettings.PART_WAIT))));
    return new PromptRecords(
        own.getString(ProducerSettings.TOPIC),
        check(own),
        claims,
        serializer,
        number(parted, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_SIZE).intValue(),
        clock);
  }

  PromptProducer producer(
      ClientSettings parted,
      Producer<byte[], byte[]> client,
      boolean owned,
      PromptRecords records) {
    return new PromptProducer(
        client,
        owned,
        records,
        parted.own().getInt(ProducerSettings.IN_FLIGHT),
        Duration.ofMillis(number(parted, ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS)));
  }

  ClientSettings parted() {
    return ClientSettings.of(ProducerSettings.define(), settings);
  }

  private static PromptCheck check(AbstractConfig own) {
    return new PromptCheck(
        PromptValidation.plainName(own.getString(ProducerSettings.MODEL)),
        own.getList(ProducerSettings.MODELS).stream()
            .map(PromptValidation::plainName)
            .collect(Collectors.toUnmodifiableSet()),
        own.getLong(ProducerSettings.MAX_BYTES),
        own.getLong(ProducerSettings.MAX_TOKENS));
  }

  private static Long number(ClientSettings parted, String key, String otherwise) {
    Object value = parted.kafka().getOrDefault(key, otherwise);
    try {
      return Long.valueOf(String.valueOf(value).strip());
    } catch (NumberFormatException e) {
      throw new ConfigException(key, value, "is no number");
    }
  }
}
