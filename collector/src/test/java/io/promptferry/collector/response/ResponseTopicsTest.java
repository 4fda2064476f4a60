package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.MutableClock;
import io.promptferry.collector.response.ResponseTopics.Target;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    assertThat(topics.target(key("a b"), null)).isEqualTo(at("responses.a-20b"));
    assertThat(topics.target(key("a b"), null)).isEqualTo(at("responses.a-20b"));

    assertThat(cluster.asked()).containsExactly(spec("responses.a-20b"));
    assertThat(cluster.names()).contains("responses.a-20b");
  }

  @Test
  void aTopicThatIsThereIsNotMade() {
    cluster.add("responses.a");

    assertThat(topics(10, "").target(key("a"), null)).isEqualTo(at("responses.a"));
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
    assertThat(topics(10, "").target(null, null))
        .isEqualTo(new Target("responses", null, Overflow.NULL_KEY));
    assertThat(topics(10, "").target(new byte[0], null)).isEqualTo(at("responses.-"));
  }

  @Test
  void aTemplateWithoutTheKeyIsOneTopicForAll() {
    var shared = new ResponseTopics(TOPICS, settings("responses", 0, ""), cluster, clock);
    assertThat(shared.target(key("a"), null)).isEqualTo(at("responses"));
    assertThat(shared.target(null, null)).isEqualTo(at("responses"));

    var own = new ResponseTopics(TOPICS, settings("answers", 1, ""), cluster, clock);
    assertThat(own.target(key("a"), null)).isEqualTo(at("answers"));
    assertThat(own.target(null, null)).isEqualTo(at("answers"));
    assertThat(cluster.asked()).containsExactly(spec("answers"));
  }

  @Test
  void pastTheCapAnswersGoToTheSharedTopic() {
    cluster.add("responses.old");
    ResponseTopics topics = topics(2, "");

    assertThat(topics.target(key("a"), null)).isEqualTo(at("responses.a"));
    assertThat(topics.target(key("b"), null)).isEqualTo(passedBy("responses.b", Overflow.CAP));
    assertThat(topics.target(key("a"), null)).isEqualTo(at("responses.a"));
    assertThat(topics.target(key("old"), null)).isEqualTo(at("responses.old"));
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
        .isEqualTo(passedBy("responses.a", Overflow.CAP));
  }

  @Test
  void pastTheCapATopicThatOthersMadeMeanwhileIsUsed() {
    ResponseTopics topics = topics(1, "");
    topics.target(key("a"), null);
    assertThat(topics.target(key("b"), null).topic()).isEqualTo("responses");

    cluster.add("responses.b");
    clock.advance(Duration.ofSeconds(31));
    assertThat(topics.target(key("b"), null)).isEqualTo(at("responses.b"));
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

    assertThat(topics.target(key("a"), "orders")).isEqualTo(at("orders"));
    assertThat(topics.target(null, "eu.x")).isEqualTo(at("eu.x"));
    assertThat(cluster.asked()).containsExactly(spec("eu.x"));
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
    assertThat(topics.target(null, "orders"))
        .isEqualTo(new Target("responses", "orders", Overflow.REPLY_TO));
  }

  @Test
  void aReplyToThatIsNotObeyedIsNamedAtMostAsLongAsATopic() {
    assertThat(topics(10, "").target(key("a"), "x".repeat(100_000)))
        .isEqualTo(new Target("responses.a", "x".repeat(249), Overflow.REPLY_TO));
    assertThat(topics(0, "").target(key("b"), "orders"))
        .isEqualTo(passedBy("responses.b", Overflow.CAP));
  }

  @Test
  void noReplyToReachesWhatPromptsComeFrom() {
    var named =
        new ResponseTopics(
            new Topics("", List.of("questions"), "ask-.*"),
            settings("responses.{key}", 10, ".*"),
            cluster,
            clock);

    assertThat(named.target(key("a"), "questions").topic()).isEqualTo("responses.a");
    assertThat(named.target(key("a"), "ask-me").topic()).isEqualTo("responses.a");
    assertThat(named.target(key("a"), "tell-me").topic()).isEqualTo("tell-me");
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
        "__transaction_state",
        "_schemas",
        "eu.slices",
        "eu.prompts",
        "eu-prompts.dlq",
        "ferry-assemble-changelog"
      })
  void noReplyToReachesInnerTopics(String replyTo) {
    assertThat(topics(10, ".*").target(key("a"), replyTo))
        .isEqualTo(new Target("responses.a", replyTo, Overflow.REPLY_TO));
    assertThat(cluster.asked()).containsExactly(spec("responses.a"));
  }

  @Test
  void noReplyToReachesTheInnerTopicsOfAPrefix() {
    var prefixed =
        new ResponseTopics(
            new Topics("eu."), settings("responses.{key}", 10, ".*"), cluster, clock);

    assertThat(prefixed.target(key("a"), "eu.slices").topic()).isEqualTo("eu.responses.a");
    assertThat(prefixed.target(key("a"), "slices").topic()).isEqualTo("eu.responses.a");
  }

  @Test
  void theCapCountsTopicsOfReplyToAsWell() {
    ResponseTopics topics = topics(2, "eu\\..*");

    assertThat(topics.target(null, "eu.1").topic()).isEqualTo("eu.1");
    assertThat(topics.target(null, "eu.2").topic()).isEqualTo("eu.2");
    assertThat(topics.target(null, "eu.3")).isEqualTo(passedBy("eu.3", Overflow.CAP));

    ResponseTopics later = topics(2, "eu\\..*");
    assertThat(later.target(null, "eu.4")).isEqualTo(passedBy("eu.4", Overflow.CAP));
    assertThat(later.target(key("a"), null)).isEqualTo(passedBy("responses.a", Overflow.CAP));
  }

  @Test
  void noTemplateReachesInnerTopics() {
    // An answer among the dead letters would be answered in its turn.
    var letters = new ResponseTopics(TOPICS, settings("prompts.{key}", 10, ""), cluster, clock);
    assertThat(letters.target(key("dlq"), null))
        .isEqualTo(passedBy("prompts.dlq", Overflow.FORBIDDEN));

    var prompts = new ResponseTopics(TOPICS, settings("prompts", 10, ""), cluster, clock);
    assertThat(prompts.target(key("a"), null)).isEqualTo(passedBy("prompts", Overflow.FORBIDDEN));
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
      assertThat(topics.target(key("a"), topic)).isEqualTo(passedBy(topic, Overflow.REFUSED));
      assertThat(topics.target(key("a"), topic)).isEqualTo(passedBy(topic, Overflow.REFUSED));
    }
    assertThat(cluster.asked()).as("asked once each").hasSize(3);
  }

  @Test
  void aRefusedTopicIsTriedAgainLater() {
    cluster.refuse("responses.a", new TopicAuthorizationException("responses.a"));
    ResponseTopics topics = topics(10, "");
    assertThat(topics.target(key("a"), null)).isEqualTo(passedBy("responses.a", Overflow.REFUSED));

    cluster.permit("responses.a");
    clock.advance(Duration.ofSeconds(299));
    assertThat(topics.target(key("a"), null).why()).isEqualTo(Overflow.REFUSED);
    clock.advance(Duration.ofSeconds(2));
    assertThat(topics.target(key("a"), null)).isEqualTo(at("responses.a"));
  }

  @Test
  void aClusterThatDoesNotAnswerRefusesNothing() {
    cluster.refuse("responses.a", new TimeoutException("no answer"));
    ResponseTopics topics = topics(10, "");
    assertThatThrownBy(() -> topics.target(key("a"), null)).isInstanceOf(TimeoutException.class);

    cluster.permit("responses.a");
    assertThat(topics.target(key("a"), null)).isEqualTo(at("responses.a"));
  }

  @Test
  void aTopicIsMadeWithThePartitionsAndTheRetentionThatAreAskedFor() {
    var settings = new ResponseSettings("r.{key}", 10, Pattern.compile(""), 7, 60_000);
    new ResponseTopics(TOPICS, settings, cluster, clock).target(key("a"), null);

    assertThat(cluster.asked()).containsExactly(TOPICS.responseTopic("r.a", 7, 60_000));
  }

  @Test
  void aTopicThatWasDeletedIsMadeAnew() {
    ResponseTopics topics = topics(1, "");
    topics.target(key("a"), null);
    assertThat(topics.renew(List.of("responses", "responses.a"))).isFalse();

    cluster.delete("responses.a");
    assertThat(topics.renew(List.of("responses", "responses.a"))).isTrue();

    assertThat(cluster.names()).contains("responses.a");
    assertThat(cluster.asked()).containsExactly(spec("responses.a"), spec("responses.a"));
    assertThat(topics.refusal("responses.a", 1)).isNull();
  }

  @Test
  void aTopicThatWasDeletedAndCannotBeMadeIsPassedBy() {
    ResponseTopics topics = topics(10, "");
    topics.target(key("a"), null);
    cluster.delete("responses.a");
    cluster.refuse("responses.a", new TopicAuthorizationException("responses.a"));

    assertThat(topics.renew(List.of("responses.a"))).isTrue();

    assertThat(topics.refusal("responses.a", 1)).isEqualTo(Overflow.REFUSED);
    assertThat(topics.target(key("a"), null)).isEqualTo(passedBy("responses.a", Overflow.REFUSED));
  }

  @Test
  void aTopicThatWasDeletedLeavesRoomForAnother() {
    ResponseTopics topics = topics(1, "");
    topics.target(key("a"), null);
    assertThat(topics.target(key("b"), null).why()).isEqualTo(Overflow.CAP);
    cluster.delete("responses.a");
    clock.advance(Duration.ofSeconds(31));

    assertThat(topics.target(key("b"), null)).isEqualTo(at("responses.b"));
    assertThat(topics.renew(List.of("responses.a"))).isTrue();
    assertThat(topics.refusal("responses.a", 1)).isEqualTo(Overflow.CAP);
  }

  @Test
  void aTopicThatRefusesLargeRecordsTakesSmallOnes() {
    ResponseTopics topics = topics(10, "");
    topics.refuse("responses.a", 900, Overflow.TOO_LARGE, "too large");
    topics.refuse("responses.a", 800, Overflow.TOO_LARGE, "too large");
    topics.refuse("responses.a", 850, Overflow.TOO_LARGE, "too large");

    assertThat(topics.refusal("responses.a", 799)).isNull();
    assertThat(topics.refusal("responses.a", 800)).isEqualTo(Overflow.TOO_LARGE);
    assertThat(topics.refusal("responses.b", 800)).isNull();
    assertThat(topics.target(key("a"), null)).isEqualTo(at("responses.a"));
    clock.advance(Duration.ofSeconds(301));
    assertThat(topics.refusal("responses.a", 800)).isNull();
  }

  private static Target at(String topic) {
    return new Target(topic, null, null);
  }

  private static Target passedBy(String intended, Overflow why) {
    return new Target("responses", intended, why);
  }

  private static Topics.Spec spec(String topic) {
    return TOPICS.responseTopic(topic, 1, Topics.RETENTION.toMillis());
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
