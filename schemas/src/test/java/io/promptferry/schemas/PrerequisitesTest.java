package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrerequisitesTest {

  private static final Topics TOPICS = new Topics("");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final FakeRegistry registry = new FakeRegistry();
  private final MockAdminClient client = new MockAdminClient.Builder().numBrokers(1).build();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void allIsWellWithTopicsAndSchemas() {
    createTopics();
    registry.addAll();
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void missingTopicsAreTold() {
    registry.addAll();
    assertThatThrownBy(this::check)
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith(
            "topics are missing: prompts, slices; run 'promptferry topics create'");
  }

  @Test
  void missingSchemasAreTold() {
    createTopics();
    assertThatThrownBy(this::check)
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith(
            "the registry does not know this version of io.promptferry.records.PromptEvent")
        .hasMessageEndingWith(": run 'promptferry topics create'");
    assertThat(registry.latest()).isEmpty();
  }

  @Test
  void aRegistryThatIsAwayIsTold() {
    createTopics();
    registry.goAwayAfter(0);
    assertThatThrownBy(this::check)
        .isInstanceOf(KafkaException.class)
        .hasMessage("the schema registry does not answer: check schema.registry.url");
  }

  @Test
  void aRegistryThatRefusesTheCallerIsNotTakenForOneThatDoesNotKnow() {
    createTopics();
    registry.refuse(401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");
    assertThatThrownBy(this::check)
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith(
            "what answers there is no schema registry, or it refuses: Unauthorized")
        .hasMessageContaining("schema.registry.");
  }

  @Test
  void whatIsNoRegistryIsNotTakenForOneThatDoesNotKnow() {
    createTopics();
    registry.refuse(404, "ask for /healthz");
    assertThatThrownBy(this::check)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("check schema.registry.url");
  }

  private void createTopics() {
    new TopicAdmin(client, TIMEOUT).create(TOPICS.specs(4, 3));
  }

  private void check() {
    Prerequisites.check(
        () -> client,
        registry.serdes(),
        List.of(TOPICS.prompts(), TOPICS.slices()),
        TOPICS.inner(),
        TIMEOUT);
  }
}
