package io.promptferry.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;

/** Puts the schemas of this version into the registry, each under its record's full name. */
public final class SchemaRegistration {

  /**
   * A reader one version old reads new records, a new reader reads old ones: what inner records
   * promise.
   */
  private static final String INNER = "FULL";

  /** All versions read all versions: what is promised to producers and consumers of other teams. */
  private static final String PUBLIC = "FULL_TRANSITIVE";

  private SchemaRegistration() {}

  /**
   * A schema as the registry should have it.
   *
   * @param schema without what Java's classes add, as in its .avsc file
   * @param compatibility the registry's name of what later versions must keep to
   */
  public record Subject(Schema schema, String compatibility) {
    public String name() {
      return schema.getFullName();
    }
  }

  public static List<Subject> subjects() {
    return List.of(
        subject(new PromptEvent(), PUBLIC),
        subject(new PromptResponse(), PUBLIC),
        subject(new Slice(), INNER),
        subject(new OpenBatch(), INNER),
        subject(new Batch(), INNER),
        subject(new Job(), INNER),
        subject(new JobState(), INNER),
        subject(new Receipt(), INNER));
  }

  /**
   * Registers every schema and sets its compatibility; repeating it changes nothing.
   *
   * @throws KafkaException when the registry refuses a schema as incompatible or does not answer
   */
  public static void register(SchemaRegistryClient registry) {
    for (Subject subject : subjects()) {
      try {
        registry.register(subject.name(), new AvroSchema(subject.schema()));
        registry.updateCompatibility(subject.name(), subject.compatibility());
      } catch (RestClientException e) {
        throw new KafkaException(
            "the registry refuses " + subject.name() + ": " + e.getMessage(), e);
      } catch (IOException e) {
        throw new KafkaException(
            "the schema registry does not answer: check schema.registry.url", e);
      }
    }
  }

  /** The same with the registry that the records go by. */
  public static void register(RecordSerdes serdes) {
    register(serdes.registry());
  }

  private static Subject subject(SpecificRecord sample, String compatibility) {
    return new Subject(AvroSchemaUtils.getSchema(sample, false, false, true), compatibility);
  }
}
