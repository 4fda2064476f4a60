package io.promptferry.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "-60, 5000",
    "0, 5000",
    "99, 5000",
    "100, 5000",
    "101, 5050",
    "600, 30000",
    "1199, 59950",
    "1200, 60000",
    "1201, 60000",
    "172800, 60000"
  })
  void theIntervalIsATwentiethOfTheAgeWithinBounds(long ageSeconds, long intervalMillis) {
    assertThat(defaults().intervalAt(Duration.ofSeconds(ageSeconds)))
        .isEqualTo(Duration.ofMillis(intervalMillis));
  }

  @Test
  void readsWhatIsConfigured() {
    var settings =
        settings(
            Map.of(
                "poll.interval.first.ms", "10",
                "poll.interval.longest.ms", "20",
                "poll.give.up.after.ms", "30"));

    assertThat(settings)
        .isEqualTo(
            new PollSettings(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(30)));
  }

  @Test
  void givesUpLaterThanTheProviderExpires() {
    assertThat(defaults().giveUpAfter()).isGreaterThan(Duration.ofDays(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"poll.interval.first.ms", "poll.interval.longest.ms", "poll.give.up.after.ms"})
  void refusesAWaitOfNothing(String key) {
    assertThatThrownBy(() -> settings(Map.of(key, "0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  private static PollSettings defaults() {
    return settings(Map.of());
  }

  private static PollSettings settings(Map<String, String> values) {
    return PollSettings.from(
        new AbstractConfig(PollSettings.define(new ConfigDef()), values, false));
  }
}
