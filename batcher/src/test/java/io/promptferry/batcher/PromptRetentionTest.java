package io.promptferry.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.runtime.config.ConfigLoader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptRetentionTest {

  /** Linger, give up, a job's 48 hours. */
  private static final Duration USUAL = Duration.ofMinutes(5).plusDays(3).plusDays(2);

  private static Optional<String> problem(
      Map<String, String> configuration, Map<String, String> topic) {
    var environment = new HashMap<String, String>();
    configuration.forEach(
        (key, value) ->
            environment.put(
                "PROMPTFERRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    environment.put("PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "localhost:1");
    environment.put("PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://localhost:1");
    environment.put("PROMPTFERRY_GEMINI_API_KEY", "none");
    var config = ConfigLoader.load(new BatcherService().config(), null, environment);
    return PromptRetention.from(config, ManualClock.START).problem("prompts", topic);
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
  void oneThatDoesNotIsToldWithWhatToDo() {
    assertThat(problem(Map.of(), keeps(USUAL.minusMillis(1))))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .contains("topic prompts", "retention.ms to " + USUAL.toMillis())
                    .contains("submit.give.up.after.ms", "batch.linger.ms")
                    .doesNotContain("\n"));
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
