package io.promptferry.schemas;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bytes that may be anything, and tells bytes that are no record from a registry that does
 * not answer: the first is a bad event, the second must stop nothing but time.
 */
public final class RecordDecoder<T extends SpecificRecord> {

  private static final int HEADER = 5;

  /** The registry's own word; a bare 404 may come from whatever stands before it. */
  private static final int SCHEMA_NOT_FOUND = 40403;

  /** How the client's exception begins for a schema that it fetched and cannot parse. */
  private static final String INVALID = "Invalid schema ";

  private final SchemaRegistryClient registry;
  private final Deserializer<T> deserializer;

  /** The bytes are no record of the type; the message says why and never quotes them. */
  public static final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    UndecodableException(String message) {
      super(message);
    }
  }

  /**
   * @param deserializer asks the same client, so that it finds in the cache what was asked here
   */
  RecordDecoder(SchemaRegistryClient registry, Deserializer<T> deserializer) {
    this.registry = registry;
    this.deserializer = deserializer;
  }

  /**
   * Decodes one value.
   *
   * @throws UndecodableException when the bytes are no record of the type
   * @throws KafkaException when the registry does not answer; the same bytes may decode later
   */
  public T decode(String topic, byte @Nullable [] data) throws UndecodableException {
    if (data == null || data.length < HEADER || data[0] != 0) {
      throw new UndecodableException(
          "the value is not in Confluent's wire format: a zero byte, a schema id, the Avro bytes");
    }
    // Asked for first and by itself: once the schema is in the client's cache, what fails is the
    // bytes' fault.
    requireSchema(ByteBuffer.wrap(data, 1, Integer.BYTES).getInt());
    try {
      return deserializer.deserialize(topic, data);
    } catch (RuntimeException e) {
      throw new UndecodableException("the value is no record of the schema that it names");
    }
  }

  private void requireSchema(int id) throws UndecodableException {
    try {
      registry.getSchemaById(id);
    } catch (RestClientException e) {
      if (e.getErrorCode() == SCHEMA_NOT_FOUND) {
        throw new UndecodableException("the registry knows no schema " + id);
      }
      throw unavailable(e);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).startsWith(INVALID)) {
        throw notAvro(id);
      }
      throw unavailable(e);
    } catch (RuntimeException e) {
      // The client's cache wraps what it meets: a schema of a type that it does not know.
      throw notAvro(id);
    }
  }

  private static UndecodableException notAvro(int id) {
    return new UndecodableException("the registry's schema " + id + " is no Avro schema");
  }

  private static KafkaException unavailable(Exception cause) {
    return new KafkaException(
        "the schema registry does not answer: check schema.registry.url", cause);
  }
}
