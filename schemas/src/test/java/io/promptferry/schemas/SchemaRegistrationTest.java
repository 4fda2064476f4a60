package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistrationTest {

  private final FakeRegistry registry = new FakeRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void everyRecordIsRegisteredUnderItsFullName() {
    register();
    assertThat(registry.latest()).hasSize(8);
    registry.latest().forEach((name, schema) -> assertThat(name).isEqualTo(schema.getFullName()));
  }

  @Test
  void whatIsRegisteredIsTheFileAndNothingOfJavas() {
    register();
    Map<String, Schema> files = SchemaFiles.byName();
    registry
        .latest()
        .forEach(
            (name, schema) -> {
              assertThat(schema).isEqualTo(files.get(name));
              assertThat(schema.toString()).doesNotContain("avro.java.string");
            });
  }

  @Test
  void thePublicRecordsKeepToAllVersionsTheInnerOnesToTheLast() {
    register();
    assertThat(registry.compatibility())
        .containsOnly(
            entry("io.promptferry.records.PromptEvent", "FULL_TRANSITIVE"),
            entry("io.promptferry.records.PromptResponse", "FULL_TRANSITIVE"),
            entry("io.promptferry.records.Slice", "FULL"),
            entry("io.promptferry.records.OpenBatch", "FULL"),
            entry("io.promptferry.records.Batch", "FULL"),
            entry("io.promptferry.records.Job", "FULL"),
            entry("io.promptferry.records.JobState", "FULL"),
            entry("io.promptferry.records.Receipt", "FULL"));
  }

  @Test
  void repeatingItChangesNothing() {
    register();
    int id = registry.id("io.promptferry.records.Receipt");
    register();
    assertThat(registry.id("io.promptferry.records.Receipt")).isEqualTo(id);
  }

  @Test
  void aRefusalNamesTheRecord() {
    registry.refuse(
        409, "{\"error_code\":409,\"message\":\"incompatible with an earlier schema\"}");
    assertThatThrownBy(this::register)
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith("the registry refuses io.promptferry.records.PromptEvent: ")
        .hasMessageContaining("incompatible with an earlier schema");
  }

  @Test
  void aRegistryThatIsAwayIsNamedByItsKey() {
    registry.goAwayAfter(0);
    assertThatThrownBy(this::register)
        .isInstanceOf(KafkaException.class)
        .hasMessage("the schema registry does not answer: check schema.registry.url");
  }

  private void register() {
    SchemaRegistration.register(registry.serdes().registry());
  }
}
