package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicAdminTest {

  private static final Topics TOPICS = new Topics("");

  private final MockAdminClient client = new MockAdminClient.Builder().numBrokers(1).build();
  private final TopicAdmin admin = new TopicAdmin(client, Duration.ofSeconds(10));

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void makesWhatIsMissing() throws Exception {
    assertThat(admin.create(TOPICS.specs(4, 3)))
        .containsExactlyElementsOf(TOPICS.specs(4, 3).stream().map(Topics.Spec::name).toList());
    assertThat(admin.names()).hasSize(8).contains("prompts", "job-states");
    assertThat(admin.describe("prompts").partitions()).hasSize(4);
    assertThat(admin.describe("slices").partitions()).hasSize(3);
    assertThat(setting("prompts", "message.timestamp.type")).isEqualTo("LogAppendTime");
    assertThat(setting("job-states", "cleanup.policy")).isEqualTo("delete");
  }

  @Test
  void leavesWhatIsThereAsItIs() {
    admin.create(List.of(new Topics.Spec("prompts", 7, Map.of())));
    assertThat(admin.create(TOPICS.specs(4, 3))).hasSize(7).doesNotContain("prompts");
    assertThat(admin.describe("prompts").partitions()).hasSize(7);
  }

  @Test
  void tellsTheIdsOfTheTopicsThatExist() {
    admin.create(TOPICS.specs(4, 3));
    assertThat(admin.topicIds(List.of("prompts", "no-such-topic", "slices")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "prompts", admin.describe("prompts").topicId().toString(),
                "slices", admin.describe("slices").topicId().toString()));
  }

  @Test
  void tellsTheTopicsThatAreMissing() {
    admin.create(TOPICS.specs(4, 3));
    assertThat(admin.missing(List.of("prompts", "no-such-topic", "slices")))
        .containsExactly("no-such-topic");
    assertThat(admin.missing(List.of())).isEmpty();
  }

  @Test
  void allIsWellWithAllThere() {
    admin.create(TOPICS.specs(4, 3));
    assertThat(admin.problem(List.of("prompts", "slices", "jobs"), TOPICS.inner())).isEmpty();
  }

  @Test
  void missingTopicsAreNamedTogether() {
    admin.create(List.of(TOPICS.specs(4, 3).get(0)));
    assertThat(admin.problem(List.of("slices", "prompts", "jobs"), TOPICS.inner()))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .startsWith("topics are missing: jobs, slices; run 'promptferry topics create'")
                    .contains("--config"));
  }

  @Test
  void innerTopicsOfUnequalCountsAreNamedWithTheirCounts() {
    admin.create(
        List.of(
            new Topics.Spec("slices", 3, Map.of()),
            new Topics.Spec("jobs", 4, Map.of()),
            new Topics.Spec("prompts", 9, Map.of())));
    assertThat(admin.problem(List.of("slices", "prompts", "jobs"), TOPICS.inner()))
        .contains(
            "the inner topics must have equal partition counts, but have {jobs=4, slices=3};"
                + " make them anew with equal ones");
  }

  @Test
  void aTopicThatIsNotThereCannotBeDescribed() {
    assertThatThrownBy(() -> admin.describe("prompts"))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
  }

  @Test
  void aClusterThatDoesNotAnswerIsNamedByItsKey() {
    // Nothing listens on port 1. Closing the client waits for the calls that it has open.
    Map<String, Object> nowhere =
        Map.of(
            "bootstrap.servers", "127.0.0.1:1",
            "request.timeout.ms", 900,
            "default.api.timeout.ms", 1_000);
    try (AdminClient away = AdminClient.create(nowhere)) {
      assertThatThrownBy(() -> new TopicAdmin(away, Duration.ofMillis(20)).names())
          .isInstanceOf(TimeoutException.class)
          .hasMessage("the Kafka cluster did not answer within 0 s: check kafka.bootstrap.servers");
    }
  }

  private String setting(String topic, String key) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return client.describeConfigs(List.of(resource)).all().get().values().stream()
        .map(config -> config.get(key).value())
        .findFirst()
        .orElseThrow();
  }
}
