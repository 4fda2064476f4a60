package io.promptferry.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** What must be there before a service starts: its topics and the schemas. */
public final class Prerequisites {

  /** The registry's own codes: no such subject, no such version, no such schema. */
  private static final Set<Integer> UNKNOWN_SCHEMA = Set.of(40401, 40402, 40403);

  private Prerequisites() {}

  /**
   * Checks all of it.
   *
   * @param needed topics that must exist
   * @param equal topics that must have equal partition counts, where they are needed
   * @throws KafkaException when something is missing or out of reach; the message is one line that
   *     says what to do
   */
  public static void check(
      Supplier<Admin> admins,
      RecordSerdes serdes,
      Collection<String> needed,
      Collection<String> equal,
      Duration timeout) {
    try (Admin admin = admins.get()) {
      new TopicAdmin(admin, timeout)
          .problem(needed, equal)
          .ifPresent(
              problem -> {
                throw new KafkaException(problem);
              });
    }
    SchemaRegistryClient registry = serdes.registry();
    for (SchemaRegistration.Subject subject : SchemaRegistration.subjects()) {
      try {
        registry.getId(subject.name(), new AvroSchema(subject.schema()));
      } catch (RestClientException e) {
        if (!UNKNOWN_SCHEMA.contains(e.getErrorCode())) {
          throw new KafkaException(
              "what answers there is no schema registry, or it refuses: "
                  + e.getMessage()
                  + ": check schema.registry.url and the credentials beside it",
              e);
        }
        throw new KafkaException(
            "the registry does not know this version of "
                + subject.name()
                + " ("
                + e.getMessage()
                + "): run 'promptferry topics create'",
            e);
      } catch (IOException e) {
        throw new KafkaException(
            "the schema registry does not answer: check schema.registry.url", e);
      }
    }
  }
}
