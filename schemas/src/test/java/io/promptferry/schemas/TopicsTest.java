package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.schemas.Topics.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  private static final String KEPT = Long.toString(Duration.ofDays(16).toMillis());

  private final Topics topics = new Topics("");

  @Test
  void namesAreAsTheDesignHasThem() {
    assertThat(topics.specs(4, 3))
        .extracting(Spec::name)
        .containsExactlyInAnyOrder(
            "prompts",
            "prompts.dlq",
            "slices",
            "batches",
            "jobs",
            "job-states",
            "receipts",
            "responses");
  }

  @Test
  void everyNameBeginsWithThePrefix() {
    assertThat(new Topics("blue.").specs(4, 3))
        .extracting(Spec::name)
        .containsExactlyElementsOf(
            topics.specs(4, 3).stream().map(spec -> "blue." + spec.name()).toList());
    assertThat(new Topics("blue.").inner())
        .containsExactly(
            "blue.slices", "blue.batches", "blue.jobs", "blue.job-states", "blue.receipts");
  }

  @Test
  void promptsHaveTheBrokersTime() {
    assertThat(spec("prompts").settings()).containsEntry("message.timestamp.type", "LogAppendTime");
  }

  @Test
  void promptsAndWhatNamesThemLiveEquallyLong() {
    assertThat(topics.specs(4, 3))
        .allSatisfy(spec -> assertThat(spec.settings()).containsEntry("retention.ms", KEPT));
  }

  @Test
  void onlyReceiptsAreCompacted() {
    assertThat(topics.specs(4, 3))
        .filteredOn(spec -> spec.settings().getOrDefault("cleanup.policy", "").contains("compact"))
        .extracting(Spec::name)
        .containsExactly("receipts");
    assertThat(spec("receipts").settings()).containsEntry("cleanup.policy", "compact,delete");
    assertThat(spec("job-states").settings()).containsEntry("cleanup.policy", "delete");
  }

  @Test
  void partitionsAreAsAsked() {
    assertThat(spec("prompts").partitions()).isEqualTo(4);
    assertThat(spec("responses").partitions()).isEqualTo(4);
    assertThat(spec("prompts.dlq").partitions()).isEqualTo(1);
    assertThat(topics.inner()).allSatisfy(name -> assertThat(spec(name).partitions()).isEqualTo(3));
  }

  @Test
  void aResponseTopicIsMadeAsAsked() {
    assertThat(topics.responseTopic("responses.a", 3, 60_000))
        .isEqualTo(
            new Spec(
                "responses.a", 3, Map.of("cleanup.policy", "delete", "retention.ms", "60000")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prompts",
        "slices",
        "blue.slices",
        "blue-batches",
        "bluejobs",
        "a.b_job-states",
        "x.receipts",
        "x.prompts",
        "x.prompts.dlq",
        "ferry-assemble-lanes-changelog",
        "ferry-assemble-lanes-repartition",
        "__consumer_offsets",
        "_schemas"
      })
  void theTopicsOfAnyDeploymentAndOfKafkaAreInternal(String topic) {
    assertThat(topics.isInternal(topic)).isTrue();
    assertThat(new Topics("green.").isInternal(topic)).isTrue();
  }

  @Test
  void whatPromptsComeFromIsInternalByWhateverName() {
    var named = new Topics("", List.of("questions"), "ask-.*");
    assertThat(named.isInternal("questions")).isTrue();
    assertThat(named.isInternal("ask-me")).isTrue();
    assertThat(topics.isInternal("questions")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"responses", "blue.responses", "responses.a", "orders", "jobs.done"})
  void otherTopicsAreNot(String topic) {
    assertThat(topics.isInternal(topic)).isFalse();
  }

  @Test
  void thePrefixComesFromTheConfiguration() {
    assertThat(fromConfig(Map.of()).prompts()).isEqualTo("prompts");
    assertThat(fromConfig(Map.of("topics.prefix", "a-b_c.9.")).prompts())
        .isEqualTo("a-b_c.9.prompts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/", "ä", "a:", "${x}"})
  void aPrefixThatNoTopicCanHaveIsRefused(String prefix) {
    assertThatThrownBy(() -> fromConfig(Map.of("topics.prefix", prefix)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topics.prefix")
        .hasMessageContaining("use letters, digits, '.', '_' and '-' only");
  }

  /** The consumer subscribes by the one, the collector guards by the other. */
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "'', 'team-.*'",
    "'', '^team-.*'",
    "'', '.*'",
    "'', 'x|team-a'",
    "'blue.', '.*'",
    "'blue.', '^team-.*$'",
    "'blue.', 'x|team-a'",
    "'blue.', '(?i)TEAM-[^b]'",
    "'b.', '.*'"
  })
  void thePatternMatchesWhatIsPrompts(String prefix, String pattern) {
    var some = new Topics(prefix, List.of("prompts", "more.prompts"), pattern);
    for (String start : List.of("", "blue.", "bluex", "b.", "xb.")) {
      for (String name :
          List.of(
              "prompts",
              "more.prompts",
              "moreXprompts",
              "prompts.dlq",
              "prompts.dlqx",
              "team-a",
              "team-b",
              "Team-a",
              "x",
              "xteam-a",
              "slices",
              "slices2",
              "job-states",
              "responses",
              "responses.team-a",
              "responses2",
              "__consumer_offsets",
              "_schemas",
              "a-changelog",
              "changelog")) {
        assertThat(some.promptsPattern().matcher(start + name).matches())
            .as(start + name)
            .isEqualTo(some.isPrompts(start + name));
      }
    }
  }

  @Test
  void thePatternTakesNoTopicOfTheRegistryOrOfKafka() {
    var all = new Topics("", List.of("prompts"), ".*");
    assertThat(List.of("_schemas", "__consumer_offsets", "_confluent-metrics"))
        .noneMatch(all::isPrompts)
        .noneMatch(all.promptsPattern().asMatchPredicate());
    assertThat(new Topics("", List.of("_mine"), ".*").isPrompts("_mine")).as("by name").isTrue();
    assertThat(new Topics("blue.", List.of("prompts"), ".*").isPrompts("blue._a")).isTrue();
    assertThatThrownBy(
            () -> fromConfig(Map.of("topics.prefix", "_a.", "prompts.topics.pattern", ".*")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("topics.prefix")
        .hasMessageContaining("choose another prefix");
    assertThat(fromConfig(Map.of("topics.prefix", "_a.")).prompts()).isEqualTo("_a.prompts");
  }

  @Test
  void thePatternTakesATopicThatIsMadeLater() {
    var some = new Topics("blue.", List.of("prompts"), "team-.*");
    assertThat(some.promptsPattern().matcher("blue.team-z").matches()).isTrue();
    assertThat(some.promptsPattern().matcher("team-z").matches()).isFalse();
    assertThat(some.promptsPattern().matcher("blue.prompts").matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "\\Qabc", "(?x)abc #", "a|^b", "a^"})
  void aPatternThatCannotStandBehindAPrefixIsRefused(String pattern) {
    assertThatThrownBy(() -> fromConfig(Map.of("prompts.topics.pattern", pattern)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("prompts.topics.pattern");
  }

  private static Topics fromConfig(Map<String, String> values) {
    return Topics.from(new AbstractConfig(Topics.define(new ConfigDef()), values, false));
  }

  private Spec spec(String name) {
    List<Spec> found =
        topics.specs(4, 3).stream().filter(spec -> spec.name().equals(name)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
