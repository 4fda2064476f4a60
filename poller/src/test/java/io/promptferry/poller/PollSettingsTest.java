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
import org.junit.jupiter.params.provider.ValueSource;

class PollSettingsTest {

  @Test
  void readsWhatIsConfigured() {
    var settings =
        settings(
            Map.of(
                "poll.interval.first.ms", "10",
                "poll.interval.longest.ms", "20",
                "poll.result.wait.ms", "30",
                "poll.gone.after.ms", "40",
                "poll.give.up.after.ms", "50",
                "poll.stuck.after.ms", "60",
                "poll.stuck.cancel", "true",
                "poll.history.ms", "70",
                "poll.read.timeout.ms", "80"));

    assertThat(settings)
        .isEqualTo(
            new PollSettings(
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(30),
                Duration.ofMillis(40),
                Duration.ofMillis(50),
                Duration.ofMillis(60),
                true,
                Duration.ofMillis(70),
                Duration.ofMillis(80)));
  }

  @Test
  void cancelsNothingUnasked() {
    assertThat(defaults().stuckCancel()).isFalse();
  }

  @Test
  void aKindThatTakesLongMayStandStillLonger() {
    Duration day = Duration.ofDays(1);
    assertThat(defaults().stuckAfter(null)).isEqualTo(Duration.ofHours(26));
    assertThat(defaults().stuckAfter(new Durations.Usual(day, day))).isEqualTo(day.multipliedBy(2));
    assertThat(defaults().stuckAfter(new Durations.Usual(day, Duration.ofHours(12))))
        .isEqualTo(Duration.ofHours(26));
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
