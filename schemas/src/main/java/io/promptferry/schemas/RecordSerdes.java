package io.promptferry.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.confluent.kafka.serializers.KafkaAvroSerializerConfig;
import io.confluent.kafka.serializers.subject.RecordNameStrategy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Records to bytes and back, in Confluent's wire format, against schemas that somebody else has
 * registered.
 */
public final class RecordSerdes {

  private static final int SCHEMAS_CACHED = 1000;

  private final String url;
  private final Map<String, Object> config;

  /**
   * @param registry the registry's settings by Confluent's names; {@code schema.registry.url} is
   *     required
   */
  public RecordSerdes(Map<String, ?> registry) {
    this.url =
        Objects.requireNonNull(
                registry.get(AbstractKafkaSchemaSerDeConfig.SCHEMA_REGISTRY_URL_CONFIG),
                "schema.registry.url is not set")
            .toString();
    var all = new HashMap<String, Object>(registry);
    all.put(
        AbstractKafkaSchemaSerDeConfig.VALUE_SUBJECT_NAME_STRATEGY,
        RecordNameStrategy.class.getName());
    all.put(AbstractKafkaSchemaSerDeConfig.AUTO_REGISTER_SCHEMAS, false);
    // The Java classes carry avro.java.string, which the registered schema has no business with.
    all.put(KafkaAvroSerializerConfig.AVRO_REMOVE_JAVA_PROPS_CONFIG, true);
    all.put(KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG, true);
    this.config = Map.copyOf(all);
  }

  /**
   * A serializer that throws {@link org.apache.kafka.common.errors.SerializationException} when the
   * schema is not registered ({@code promptferry topics create} does that) or the registry cannot
   * be reached.
   */
  @SuppressWarnings("unchecked")
  public <T extends SpecificRecord> Serializer<T> serializer(Class<T> type) {
    var serializer = new KafkaAvroSerializer();
    serializer.configure(config, false);
    return (Serializer<T>) (Serializer<?>) serializer;
  }

  /**
   * A deserializer that throws {@link org.apache.kafka.common.errors.SerializationException} for
   * bytes that are no record of this type, with an {@link java.io.IOException} as the cause when
   * the registry cannot be reached.
   */
  public <T extends SpecificRecord> Deserializer<T> deserializer(Class<T> type) {
    return deserializer(type, registry());
  }

  private <T extends SpecificRecord> Deserializer<T> deserializer(
      Class<T> type, SchemaRegistryClient registry) {
    var deserializer = new KafkaAvroDeserializer(registry);
    deserializer.configure(config, false);
    return new TypedDeserializer<>(deserializer, type);
  }

  public <T extends SpecificRecord> Serde<T> serde(Class<T> type) {
    return Serdes.serdeFrom(serializer(type), deserializer(type));
  }

  /** For a topic that others write to, whose records may be anything. */
  public <T extends SpecificRecord> RecordDecoder<T> decoder(Class<T> type) {
    SchemaRegistryClient registry = registry();
    return new RecordDecoder<>(registry, deserializer(type, registry));
  }

  /** A client of the registry. */
  public SchemaRegistryClient registry() {
    List<String> urls = List.of(url.split(","));
    return new CachedSchemaRegistryClient(
        urls, SCHEMAS_CACHED, List.of(new AvroSchemaProvider()), config);
  }
}
