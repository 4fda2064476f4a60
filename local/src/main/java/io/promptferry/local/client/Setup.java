package io.promptferry.local.client;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.SchemaRegistration;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/** Makes what the services need before they start: topics and schemas. */
public final class Setup {

  /** How long each question to the cluster may take. */
  public static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /**
   * What came of it.
   *
   * @param made topics that did not exist
   * @param found topics that did, and were left as they are
   * @param schemas the subjects in the registry
   */
  public record Result(List<Topics.Spec> made, List<String> found, List<String> schemas) {}

  private Setup() {}

  /**
   * Makes what is missing; harmless when repeated.
   *
   * @param promptPartitions of the prompts topic and of the shared responses topic
   * @param innerPartitions of each topic between the services
   * @throws org.apache.kafka.common.KafkaException when the cluster or the registry refuses or does
   *     not answer; one line that says what to do
   */
  public static Result run(ServiceConfig config, int promptPartitions, int innerPartitions) {
    List<Topics.Spec> specs = Topics.from(config).specs(promptPartitions, innerPartitions);
    List<Topics.Spec> made = new ArrayList<>(specs);
    List<String> found = new ArrayList<>(specs.stream().map(Topics.Spec::name).toList());
    try (Admin admin = new KafkaClients(config).admin()) {
      List<String> names = new TopicAdmin(admin, ANSWER_LIMIT).create(specs);
      made.removeIf(spec -> !names.contains(spec.name()));
      found.removeAll(names);
    }
    SchemaRegistryClient registry = serdes(config).registry();
    SchemaRegistration.register(registry);
    return new Result(
        made,
        found,
        SchemaRegistration.subjects().stream().map(SchemaRegistration.Subject::name).toList());
  }

  /** For clients of this configuration. */
  public static RecordSerdes serdes(ServiceConfig config) {
    return new RecordSerdes(config.registry());
  }
}
