package io.promptferry.batcher.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SweepSettingsTest {

  private static SweepSettings from(Map<String, String> values) {
    return SweepSettings.from(
        new AbstractConfig(SweepSettings.define(new ConfigDef()), values, false));
  }

  @Test
  void sweepsOnceAnHourWhatIsOlderThanHalfADay() {
    assertThat(from(Map.of()))
        .isEqualTo(new SweepSettings(Duration.ofHours(1), Duration.ofHours(12), 100));
  }

  @Test
  void readsItsKeys() {
    assertThat(
            from(
                Map.of(
                    "sweep.interval.ms", "0",
                    "sweep.age.ms", "60000",
                    "sweep.deletes.max", "7")))
        .isEqualTo(new SweepSettings(Duration.ZERO, Duration.ofMinutes(1), 7));
  }
}
