package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.batcher.lane.LanePolicies;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class SliceSettingsTest {

  private static SliceSettings from(Map<String, String> values) {
    ConfigDef def = LanePolicies.define(SliceSettings.define(new ConfigDef()));
    return SliceSettings.from(new AbstractConfig(def, values));
  }

  @Test
  void readsEveryKeyAndTheLimits() {
    SliceSettings settings =
        from(
            Map.of(
                "prompt.default.model", "m", "slice.interval.ms", "7", "batch.max.requests", "9"));
    assertThat(settings.rules().defaultModel()).isEqualTo("m");
    assertThat(settings.interval()).isEqualTo(Duration.ofMillis(7));
    assertThat(settings.policies().usual().limits().requests()).isEqualTo(9);
  }

  @Test
  void writesTwiceASecondAndAssumesNoModel() {
    assertThat(from(Map.of()).interval()).isEqualTo(Duration.ofMillis(500));
    assertThat(from(Map.of()).rules().defaultModel()).isEmpty();
  }

  @Test
  void refusesADefaultModelThatIsNoName() {
    assertThatThrownBy(() -> from(Map.of("prompt.default.model", "gemini 2.5")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gemini-2.5-flash");
  }
}
