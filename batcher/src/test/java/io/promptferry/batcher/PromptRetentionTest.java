package io.promptferry.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import io.promptferry.schemas.WaitBound;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptRetentionTest {

  /** The age for a last retry, its back-off, linger, and what submit, poll and collect wait. */
  private static final Duration USUAL =
      Duration.ofDays(6).plusHours(1).plusMinutes(5).plusDays(3).plusDays(3).plusDays(1);

  private static Optional<String> problem(
      Map<String, String> configuration, Map<String, String> topic) {
    return PromptRetention.from(config(configuration), ManualClock.START).problem("prompts", topic);
  }

  private static ServiceConfig config(Map<String, String> configuration) {
    var environment = new HashMap<String, String>();
    configuration.forEach(
        (key, value) ->
            environment.put(
                "PROMPTFERRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    environment.put("PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "localhost:1");
    environment.put("PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://localhost:1");
    environment.put("PROMPTFERRY_GEMINI_API_KEY", "none");
    return ConfigLoader.load(new BatcherService().config(), null, environment);
  }

  private static Map<String, String> keeps(Duration retention) {
    return Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis()));
  }

  @Test
  void aTopicThatKeepsPromptsLongEnoughIsGood() {
    assertThat(problem(Map.of(), keeps(USUAL))).isEmpty();
    assertThat(problem(Map.of(), Map.of("cleanup.policy", "delete", "retention.ms", "-1")))
        .isEmpty();
  }

  @Test
  void theTopicsThatAreMadeAreGoodForTheDefaults() {
    assertThat(problem(Map.of(), keeps(Topics.RETENTION))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whatTheOtherServicesWaitCounts(WaitBound bound) {
    Duration usual = bound.of(config(Map.of()));
    Map<String, String> longer = Map.of(bound.key(), Long.toString(usual.plusHours(5).toMillis()));
    assertThat(problem(longer, keeps(USUAL.plusHours(5).minusMillis(1)))).isPresent();
    assertThat(problem(longer, keeps(USUAL.plusHours(5)))).isEmpty();
  }

  @Test
  void oneThatDoesNotIsToldWithWhatToDo() {
    assertThat(problem(Map.of(), keeps(USUAL.minusMillis(1))))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .contains("topic prompts", "retention.ms to " + USUAL.toMillis())
                    .contains("submit.give.up.after.ms", "batch.linger.ms", "retry.max.age.ms")
                    .contains("retry.longest.ms, poll.give.up.after.ms, collect.give.up.after.ms")
                    .doesNotContain("\n"));
  }

  @Test
  void theyAreGoodForAMomentEveryNight() {
    for (String zone : List.of("Asia/Tokyo", "Europe/Berlin")) {
      Map<String, String> nightly =
          Map.of("batch.schedule.cron", "0 2 * * *", "batch.schedule.zone", zone);
      assertThat(problem(nightly, keeps(Topics.RETENTION))).as(zone).isEmpty();
    }
  }

  @Test
  void theyAreGoodForAWindowEveryDayWhichIsNoWaitWhileItIsOpen() {
    Map<String, String> window =
        Map.of("batch.schedule.cron", "30 16 * * *", "batch.schedule.open.ms", "28800000");
    assertThat(problem(window, keeps(Topics.RETENTION))).isEmpty();
    assertThat(problem(window, keeps(USUAL.plusHours(16)))).isEmpty();
    assertThat(problem(window, keeps(USUAL.plusHours(16).minusMillis(1)))).isPresent();
  }

  @Test
  void aWeeklyMomentNeedsLonger() {
    Map<String, String> weekly = Map.of("batch.schedule.cron", "0 2 * * SUN");
    assertThat(problem(weekly, keeps(Topics.RETENTION))).isPresent();
    assertThat(problem(weekly, keeps(Duration.ofDays(21)))).isEmpty();
  }

  @Test
  void theLongestGapOfAScheduleCounts() {
    Map<String, String> monthly = Map.of("batch.schedule.cron", "0 2 1 * *");
    assertThat(problem(monthly, keeps(USUAL.plusDays(30)))).isPresent();
    assertThat(problem(monthly, keeps(USUAL.plusDays(31)))).isEmpty();
  }

  @Test
  void theScheduleOfASingleLaneCountsToo() {
    Map<String, String> override =
        Map.of("lane.overrides", "[{\"model\":\"m\",\"batch.linger.ms\":864000000}]");
    assertThat(problem(override, keeps(USUAL))).isPresent();
    assertThat(problem(override, keeps(USUAL.plusDays(10)))).isEmpty();
  }

  @Test
  void aCompactedTopicIsRefused() {
    assertThat(problem(Map.of(), Map.of("cleanup.policy", "compact,delete", "retention.ms", "-1")))
        .hasValueSatisfying(problem -> assertThat(problem).contains("cleanup.policy"));
  }
}
