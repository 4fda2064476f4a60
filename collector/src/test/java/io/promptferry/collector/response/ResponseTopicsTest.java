package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.MutableClock;
import io.promptferry.collector.response.ResponseTopics.Target;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTopicsTest {

  private static final Topics TOPICS = new Topics("");

  private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final FakeCluster cluster = new FakeCluster("responses", "orders", "prompts");

  @Test
  void aTopicOfAKeyIsMadeOnceAsTopicsHaveIt() {
    ResponseTopics topics = topics(10, "");

    assertThat(topics.target(key("a b"), null)).isEqualTo(new Target("responses.a-20b", null));
    assertThat(topics.target(key("a b"), null)).isEqualTo(new Target("responses.a-20b", null));

    assertThat(cluster.asked()).containsExactly(TOPICS.responseTopic("responses.a-20b"));
    assertThat(cluster.names()).contains("responses.a-20b");
  }

  @Test
  void aTopicThatIsThereIsNotMade() {
    cluster.add("responses.a");

    assertThat(topics(10, "").target(key("a"), null)).isEqualTo(new Target("responses.a", null));
    assertThat(cluster.asked()).isEmpty();
  }

  @Test
  void thePrefixStandsBeforeTheTemplate() {
    var prefixed =
        new ResponseTopics(new Topics("eu."), settings("answers.{key}", 10, ""), cluster, clock);

    assertThat(prefixed.target(key("a"), null).topic()).isEqualTo("eu.answers.a");
    assertThat(prefixed.target(null, null).topic()).isEqualTo("eu.responses");
  }

  @Test
  void withoutAKeyTheAnswerGoesToTheSharedTopic() {
    assertThat(topics(10, "").target(null, null)).isEqualTo(new Target("responses", null));
    assertThat(topics(10, "").target(new byte[0], null)).isEqualTo(new Target("responses.-", null));
  }

  @Test
  void aTemplateWithoutTheKeyIsOneTopicForAll() {
    var shared = new ResponseTopics(TOPICS, settings("responses", 0, ""), cluster, clock);
    assertThat(shared.target(key("a"), null)).isEqualTo(new Target("responses", null));
    assertThat(shared.target(null, null)).isEqualTo(new Target("responses", null));

    var own = new ResponseTopics(TOPICS, settings("answers", 1, ""), cluster, clock);
    assertThat(own.target(key("a"), null)).isEqualTo(new Target("answers", null));
    assertThat(own.target(null, null)).isEqualTo(new Target("answers", null));
    assertThat(cluster.asked()).containsExactly(TOPICS.responseTopic("answers"));
  }

  @Test
  void pastTheCapAnswersGoToTheSharedTopic() {
    cluster.add("responses.old");
    ResponseTopics topics = topics(2, "");

    assertThat(topics.target(key("a"), null)).isEqualTo(new Target("responses.a", null));
    assertThat(topics.target(key("b"), null)).isEqualTo(new Target("responses", "responses.b"));
    assertThat(topics.target(key("a"), null)).isEqualTo(new Target("responses.a", null));
    assertThat(topics.target(key("old"), null)).isEqualTo(new Target("responses.old", null));
    assertThat(cluster.names()).doesNotContain("responses.b");
  }

  @Test
  void theCapCountsOnlyTopicsOfTheTemplate() {
    for (int i = 0; i < 50; i++) {
      cluster.add("other." + i);
    }

    assertThat(topics(1, "").target(key("a"), null).topic()).isEqualTo("responses.a");
  }

  @Test
  void aCapOfNoneMakesNone() {
    assertThat(topics(0, "").target(key("a"), null))
        .isEqualTo(new Target("responses", "responses.a"));
  }

  @Test
  void pastTheCapATopicThatOthersMadeMeanwhileIsUsed() {
    ResponseTopics topics = topics(1, "");
    topics.target(key("a"), null);
    assertThat(topics.target(key("b"), null).topic()).isEqualTo("responses");

    cluster.add("responses.b");
    clock.advance(Duration.ofSeconds(31));
    assertThat(topics.target(key("b"), null)).isEqualTo(new Target("responses.b", null));
  }

  @Test
  void theTopicsAreListedSeldom() {
    ResponseTopics topics = topics(1, "");
    for (int i = 0; i < 1_000; i++) {
      topics.target(key("k" + i), null);
    }

    assertThat(cluster.listed()).isEqualTo(1);
  }

  @Test
  void replyToIsObeyedWhereItIsAllowed() {
    ResponseTopics topics = topics(10, "orders|eu\\..*");

    assertThat(topics.target(key("a"), "orders")).isEqualTo(new Target("orders", null));
    assertThat(topics.target(null, "eu.x")).isEqualTo(new Target("eu.x", null));
    assertThat(cluster.asked()).containsExactly(TOPICS.responseTopic("eu.x"));
  }

  @Test
  void replyToMustMatchAsAWhole() {
    ResponseTopics topics = topics(10, "orders");

    assertThat(topics.target(key("a"), "orders2").topic()).isEqualTo("responses.a");
    assertThat(topics.target(key("a"), "my-orders").topic()).isEqualTo("responses.a");
  }

  @Test
  void byDefaultNoReplyToIsObeyed() {
    ResponseTopics topics = topics(10, "");

    assertThat(topics.target(key("a"), "orders").topic()).isEqualTo("responses.a");
    assertThat(topics.target(key("a"), "").topic()).isEqualTo("responses.a");
    assertThat(topics.target(null, "orders").topic()).isEqualTo("responses");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prompts",
        "prompts.dlq",
        "slices",
        "batches",
        "jobs",
        "job-states",
        "receipts",
        "__consumer_offsets",
        "__transaction_state"
      })
  void noReplyToReachesInnerTopics(String replyTo) {
    assertThat(topics(10, ".*").target(key("a"), replyTo))
        .isEqualTo(new Target("responses.a", null));
    assertThat(cluster.asked()).containsExactly(TOPICS.responseTopic("responses.a"));
  }

  @Test
  void noReplyToReachesTheInnerTopicsOfAPrefix() {
    var prefixed =
        new ResponseTopics(
            new Topics("eu."), settings("responses.{key}", 10, ".*"), cluster, clock);

    assertThat(prefixed.target(key("a"), "eu.slices").topic()).isEqualTo("eu.responses.a");
    assertThat(prefixed.target(key("a"), "slices").topic()).isEqualTo("slices");
  }

  @Test
  void theCapCountsTopicsOfReplyToAsWell() {
    ResponseTopics topics = topics(2, "eu\\..*");

    assertThat(topics.target(null, "eu.1").topic()).isEqualTo("eu.1");
    assertThat(topics.target(null, "eu.2").topic()).isEqualTo("eu.2");
    assertThat(topics.target(null, "eu.3")).isEqualTo(new Target("responses", "eu.3"));

    ResponseTopics later = topics(2, "eu\\..*");
    assertThat(later.target(null, "eu.4")).isEqualTo(new Target("responses", "eu.4"));
    assertThat(later.target(key("a"), null)).isEqualTo(new Target("responses", "responses.a"));
  }

  @Test
  void noTemplateReachesInnerTopics() {
    // An answer among the dead letters would be answered in its turn.
    var letters = new ResponseTopics(TOPICS, settings("prompts.{key}", 10, ""), cluster, clock);
    assertThat(letters.target(key("dlq"), null)).isEqualTo(new Target("responses", "prompts.dlq"));

    var prompts = new ResponseTopics(TOPICS, settings("prompts", 10, ""), cluster, clock);
    assertThat(prompts.target(key("a"), null)).isEqualTo(new Target("responses", "prompts"));
  }

  @Test
  void aTopicThatTheClusterRefusesIsPassedBy() {
    var refusals =
        Map.of(
            "r 1", new InvalidTopicException("illegal"),
            "r2", new TopicAuthorizationException("r2"),
            "r3", new PolicyViolationException("no"));
    refusals.forEach(cluster::refuse);
    ResponseTopics topics = topics(10, "r.*");

    for (String topic : refusals.keySet()) {
      assertThat(topics.target(key("a"), topic)).isEqualTo(new Target("responses", topic));
      assertThat(topics.target(key("a"), topic)).isEqualTo(new Target("responses", topic));
    }
    assertThat(cluster.asked()).as("asked once each").hasSize(3);
  }

  @Test
  void aRefusedTopicIsTriedAgainLater() {
    cluster.refuse("responses.a", new TopicAuthorizationException("responses.a"));
    ResponseTopics topics = topics(10, "");
    assertThat(topics.target(key("a"), null)).isEqualTo(new Target("responses", "responses.a"));

    cluster.permit("responses.a");
    clock.advance(Duration.ofSeconds(31));
    assertThat(topics.target(key("a"), null)).isEqualTo(new Target("responses.a", null));
  }

  @Test
  void aClusterThatDoesNotAnswerRefusesNothing() {
    cluster.refuse("responses.a", new TimeoutException("no answer"));
    ResponseTopics topics = topics(10, "");
    assertThatThrownBy(() -> topics.target(key("a"), null)).isInstanceOf(TimeoutException.class);

    cluster.permit("responses.a");
    assertThat(topics.target(key("a"), null)).isEqualTo(new Target("responses.a", null));
  }

  private ResponseTopics topics(int max, String replyTo) {
    return new ResponseTopics(TOPICS, settings("responses.{key}", max, replyTo), cluster, clock);
  }

  private static ResponseSettings settings(String template, int max, String replyTo) {
    return new ResponseSettings(template, max, Pattern.compile(replyTo));
  }

  private static byte @Nullable [] key(String key) {
    return key.getBytes(UTF_8);
  }
}
