package io.promptferry.collector.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseSettingsTest {

  @Test
  void byDefaultEachKeyHasItsTopicAndReplyToIsNotObeyed() {
    ResponseSettings settings = settings(Map.of());

    assertThat(settings.template()).isEqualTo("responses.{key}");
    assertThat(settings.maxTopics()).isEqualTo(2_000);
    assertThat(settings.replyToAllowed().matcher("x").matches()).isFalse();
    assertThat(settings.partitions()).isEqualTo(1);
    assertThat(settings.retentionMs()).isEqualTo(Duration.ofDays(16).toMillis());
  }

  @Test
  void readsWhatIsConfigured() {
    ResponseSettings settings =
        settings(
            Map.of(
                "response.topic", "a-{key}",
                "response.topics.max", "0",
                "response.topic.partitions", "3",
                "response.topic.retention.ms", "-1",
                "reply.to.allowed", "eu\\..*"));

    assertThat(settings.template()).isEqualTo("a-{key}");
    assertThat(settings.maxTopics()).isZero();
    assertThat(settings.replyToAllowed().pattern()).isEqualTo("eu\\..*");
    assertThat(settings.partitions()).isEqualTo(3);
    assertThat(settings.retentionMs()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"responses", "r.{key}", "r_{key}", "R-9{key}", "x"})
  void aTemplateIsATopicNameWithTheKeyAtItsEndOrNowhere(String template) {
    assertThat(settings(Map.of("response.topic", template)).template()).isEqualTo(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{key}",
        "{key}.r",
        "r.{key}.s",
        "r.{key}{key}",
        "r {key}",
        "r/{key}",
        "r.{Key}"
      })
  void anythingElseIsRefusedByName(String template) {
    assertThatThrownBy(() -> settings(Map.of("response.topic", template)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response.topic");
  }

  @Test
  void aTemplateLeavesRoomForAKeyOfItsOwn() {
    String longest = "r".repeat(150);
    assertThat(settings(Map.of("response.topic", longest)).template()).hasSize(150);
    assertThatThrownBy(() -> settings(Map.of("response.topic", longest + "r")))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void aPatternThatIsNoneIsRefusedByName() {
    assertThatThrownBy(() -> settings(Map.of("reply.to.allowed", "eu.(")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("reply.to.allowed")
        .hasMessageContaining("regular expression");
  }

  @Test
  void aCapBelowNoughtIsRefused() {
    assertThatThrownBy(() -> settings(Map.of("response.topics.max", "-1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response.topics.max");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-2", "a week"})
  void aRetentionThatKeepsNothingIsRefused(String retention) {
    assertThatThrownBy(() -> settings(Map.of("response.topic.retention.ms", retention)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response.topic.retention.ms");
  }

  @Test
  void aTopicHasAtLeastOnePartition() {
    assertThatThrownBy(() -> settings(Map.of("response.topic.partitions", "0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response.topic.partitions");
  }

  private static ResponseSettings settings(Map<String, String> values) {
    return ResponseSettings.from(
        new AbstractConfig(ResponseSettings.define(new ConfigDef()), values, false));
  }
}
