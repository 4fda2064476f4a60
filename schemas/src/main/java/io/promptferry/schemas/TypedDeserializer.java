package io.promptferry.schemas;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a record of another type, which Confluent's deserializer would hand over as an untyped
 * object.
 */
final class TypedDeserializer<T extends SpecificRecord> implements Deserializer<T> {

  private final KafkaAvroDeserializer delegate;
  private final Class<T> type;

  TypedDeserializer(KafkaAvroDeserializer delegate, Class<T> type) {
    this.delegate = delegate;
    this.type = type;
  }

  @Override
  @SuppressWarnings("NullAway") // Kafka's contract: null bytes are a null value.
  public @Nullable T deserialize(String topic, byte @Nullable [] data) {
    if (data == null) {
      return null;
    }
    Object value;
    try {
      value = delegate.deserialize(topic, data);
    } catch (SerializationException e) {
      throw e;
    } catch (RuntimeException e) {
      // Avro reports broken bytes by exceptions of its own, index errors among them.
      throw new SerializationException("the bytes are no record of the schema that they name", e);
    }
    if (!type.isInstance(value)) {
      throw new SerializationException(
          "expected a " + type.getName() + ", found a record of another schema");
    }
    return type.cast(value);
  }

  @Override
  public void close() {
    delegate.close();
  }
}
