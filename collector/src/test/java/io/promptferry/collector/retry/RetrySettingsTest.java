package io.promptferry.collector.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.runtime.service.Backoff;
import io.promptferry.schemas.ErrorReason;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetrySettingsTest {

  @Test
  void readsWhatIsConfigured() {
    var values =
        Map.of(
            "retry.max.attempts", "5",
            "retry.first.ms", "1",
            "retry.longest.ms", "2",
            "retry.max.age.ms", "3",
            "retry.reasons", "NO_RESULT, SAFETY",
            "answer.cut.off", "retry",
            "answer.misfit", "fail");

    assertThat(settings(values))
        .isEqualTo(
            new RetrySettings(
                5,
                Duration.ofMillis(3),
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)),
                Treatment.RETRY,
                Treatment.FAIL,
                Set.of(ErrorReason.NO_RESULT, ErrorReason.SAFETY)));
  }

  @Test
  void byDefaultThreeAttempts() {
    RetrySettings settings = settings(Map.of());

    assertThat(settings.maxAttempts()).isEqualTo(3);
    assertThat(settings.maxAge()).isEqualTo(Duration.ofDays(6));
    assertThat(settings.cutOff()).isEqualTo(Treatment.ANSWER);
    assertThat(settings.misfit()).isEqualTo(Treatment.RETRY);
    assertThat(settings.reasons()).contains(ErrorReason.MODEL_ERROR, ErrorReason.JOB_EXPIRED);
  }

  @Test
  void nothingMayBeTriedAgain() {
    assertThat(settings(Map.of("retry.reasons", "")).reasons()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "retry.max.attempts, 0",
    "retry.max.attempts, 21",
    "retry.first.ms, -1",
    "retry.longest.ms, -1",
    "retry.longest.ms, 604800001",
    "retry.reasons, NO_SUCH_REASON",
    "retry.reasons, NO_CONTENT",
    "retry.reasons, ANSWER_CUT_OFF",
    "answer.cut.off, fail",
    "answer.misfit, ANSWER",
  })
  void refusesWhatIsOutOfBounds(String key, String value) {
    assertThatThrownBy(() -> settings(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(value);
  }

  private static RetrySettings settings(Map<String, String> values) {
    return RetrySettings.from(
        new AbstractConfig(RetrySettings.define(new ConfigDef()), values, false));
  }
}
