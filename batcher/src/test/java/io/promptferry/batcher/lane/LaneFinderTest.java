package io.promptferry.batcher.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LaneFinderTest {

  private static final Instant NOW = ManualClock.START;
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LaneFinder.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final LaneFinder finder = finder(policies("[]"), "2");

  @BeforeEach
  void listen() {
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(log);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  private static LanePolicies policies(String overrides) {
    return LanePolicies.from(
        new AbstractConfig(
            LanePolicies.define(new ConfigDef()),
            Map.of("batch.linger.ms", "" + LINGER.toMillis(), "lane.overrides", overrides)));
  }

  private LaneFinder finder(LanePolicies policies, String max) {
    return LaneFinders.of(
        policies, Map.of("lane.by", "header:tenant", "lane.open.max", max), registry);
  }

  private static Lane lane(String model, Map<String, String> labels) {
    return new Lane(model, "default", LaneKind.NORMAL, labels);
  }

  private static Optional<Lane> find(LaneFinder in, String model, String tenant, Instant now) {
    var headers = new RecordHeaders();
    if (!tenant.isEmpty()) {
      headers.add("tenant", tenant.getBytes(UTF_8));
    }
    return in.find(model, headers, Map.of(), now);
  }

  private Optional<Lane> find(String model, String tenant, Duration after) {
    return find(finder, model, tenant, NOW.plus(after));
  }

  private double overflow() {
    return registry.get("promptferry.lane.overflows").counter().count();
  }

  private double open() {
    return registry.get("promptferry.lanes.open").gauge().value();
  }

  @Test
  void aLaneIsOfItsModelAndLabels() {
    assertThat(find("m", "", Duration.ZERO)).contains(lane("m", Map.of()));
    assertThat(find("m", "acme", Duration.ZERO)).contains(lane("m", Map.of("tenant", "acme")));
    assertThat(find("n", "acme", Duration.ZERO)).contains(lane("n", Map.of("tenant", "acme")));
    assertThat(open()).isEqualTo(2);
    assertThat(overflow()).isZero();
  }

  @Test
  void pastTheCapPromptsRideWithTheirModelsOthers() {
    find("m", "a", Duration.ZERO);
    find("m", "b", Duration.ZERO);
    assertThat(find("m", "c", Duration.ZERO)).contains(lane("m", Map.of()));
    assertThat(find("m", "a", Duration.ZERO)).contains(lane("m", Map.of("tenant", "a")));
    assertThat(overflow()).isEqualTo(1);
    assertThat(open()).isEqualTo(2);
  }

  @Test
  void aLaneQuietForItsLingerMakesRoom() {
    find("m", "a", Duration.ZERO);
    find("m", "b", Duration.ZERO);
    assertThat(find("m", "c", LINGER.minusMillis(1))).contains(lane("m", Map.of()));
    assertThat(find("m", "c", LINGER)).contains(lane("m", Map.of("tenant", "c")));
    assertThat(open()).isEqualTo(1);
  }

  @Test
  void theLingerIsThatOfTheLanesPolicy() {
    LaneFinder overridden = finder(policies("[{\"tenant\":\"a\",\"batch.linger.ms\":60000}]"), "1");
    find(overridden, "m", "a", NOW);
    assertThat(find(overridden, "m", "b", NOW.plus(LINGER))).contains(lane("m", Map.of()));
    assertThat(find(overridden, "m", "b", NOW.plusSeconds(60)))
        .contains(lane("m", Map.of("tenant", "b")));
  }

  /** NOW is a second before midnight. */
  @Test
  void aLaneThatWaitsForItsMomentIsOpenUntilThenAndForItsLinger() {
    LaneFinder nightly =
        finder(policies("[{\"tenant\":\"a\",\"batch.schedule.cron\":\"0 2 * * *\"}]"), "1");
    Duration untilTwo = Duration.ofHours(2).plusSeconds(1);
    find(nightly, "m", "a", NOW);
    find(nightly, "m", "a", NOW.plusSeconds(60));
    assertThat(find(nightly, "m", "b", NOW.plus(Duration.ofHours(1))))
        .contains(lane("m", Map.of()));
    assertThat(find(nightly, "m", "b", NOW.plus(untilTwo).plus(LINGER).minusMillis(1)))
        .contains(lane("m", Map.of()));
    assertThat(find(nightly, "m", "b", NOW.plus(untilTwo).plus(LINGER)))
        .contains(lane("m", Map.of("tenant", "b")));
  }

  @Test
  void aLaneInItsWindowIsOpenForItsLinger() {
    LaneFinder window =
        finder(
            policies(
                """
                [{"tenant":"a","batch.schedule.cron":"0 0 * * *","batch.schedule.open.ms":3600000}]"""),
            "1");
    find(window, "m", "a", NOW);
    find(window, "m", "a", NOW.plusSeconds(20));
    assertThat(find(window, "m", "b", NOW.plusSeconds(20).plus(LINGER).minusMillis(1)))
        .contains(lane("m", Map.of()));
    assertThat(find(window, "m", "b", NOW.plusSeconds(20).plus(LINGER)))
        .contains(lane("m", Map.of("tenant", "b")));
    find(window, "m", "a", NOW.plus(Duration.ofHours(2)));
    assertThat(find(window, "m", "b", NOW.plus(Duration.ofHours(23))))
        .as("it waits for tomorrow's")
        .contains(lane("m", Map.of()));
  }

  @Test
  void aValueThatIsNoLabelCountsAsPastTheCap() {
    assertThat(find("m", "x".repeat(101), Duration.ZERO)).contains(lane("m", Map.of()));
    assertThat(overflow()).isEqualTo(1);
    assertThat(log.list).singleElement().asString().contains("lane.by", "UTF-8");
  }

  @Test
  void thereIsNoLaneForOneModelTooManyUntilAnotherIsQuiet() {
    find("m", "", Duration.ZERO);
    find("n", "", Duration.ZERO);
    assertThat(find("o", "", Duration.ZERO)).isEmpty();
    assertThat(find("o", "acme", Duration.ZERO)).isEmpty();
    assertThat(find("m", "", Duration.ofSeconds(1))).isPresent();
    assertThat(find("o", "", LINGER)).isPresent();
    assertThat(find("n", "", LINGER)).isEmpty();
    assertThat(overflow()).isZero();
  }

  @Test
  void saysSoOnceAMinuteAndNamesTheKeyToRaise() {
    find("m", "a", Duration.ZERO);
    find("m", "b", Duration.ZERO);
    for (int second = 0; second < 60; second++) {
      Duration after = Duration.ofSeconds(second);
      find("m", "a", after);
      find("m", "b", after);
      find("m", "c-secret", after);
    }
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .contains("2 lanes are open", "raise lane.open.max")
        .doesNotContain("secret");
    find("m", "c", Duration.ofSeconds(60));
    assertThat(log.list).hasSize(2);
  }

  /** A lane of kind ISOLATION has a label named part, which nobody knows beforehand. */
  @ParameterizedTest
  @ValueSource(strings = {"modle", "part"})
  void anOverrideForALabelThatNoPromptHasIsRefused(String name) {
    LanePolicies policies = policies("[{\"%s\":\"m\",\"batch.max.requests\":5}]".formatted(name));
    assertThatThrownBy(() -> finder(policies, "2"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("lane.overrides names " + name)
        .hasMessageContaining("lane.by");
  }

  @ParameterizedTest
  @CsvSource({
    "lane.by, tenant",
    "lane.by, header:model",
    "lane.open.max, 0",
    "lane.open.max, 100001"
  })
  void refusesWhatCannotBe(String key, String value) {
    assertThatThrownBy(() -> LaneFinders.of(policies("[]"), Map.of(key, value), registry))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(value);
  }

  @Test
  void withoutConfigurationThereAreNoLabels() {
    LaneFinder plain = LaneFinders.of(policies("[]"));
    assertThat(find(plain, "m", "acme", NOW)).contains(lane("m", Map.of()));
  }
}
