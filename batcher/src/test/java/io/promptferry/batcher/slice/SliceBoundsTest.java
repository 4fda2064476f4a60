package io.promptferry.batcher.slice;

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

class SliceBoundsTest {

  private static SliceBounds from(Map<String, String> values) {
    return SliceBounds.from(new AbstractConfig(SliceBounds.define(new ConfigDef()), values, false));
  }

  @Test
  void readsEveryKey() {
    assertThat(
            from(
                Map.of(
                    "slice.first.position", "latest",
                    "slice.dead.letters.max.bytes", "5",
                    "dead.letter.max.bytes", "6000",
                    "dedup.window.ms", "7",
                    "dedup.max.ids", "8")))
        .isEqualTo(new SliceBounds(true, 5, 6_000, Duration.ofMillis(7), 8));
  }

  @Test
  void usuallyTakesAllThatIsThereAndDropsNothing() {
    assertThat(from(Map.of()))
        .isEqualTo(new SliceBounds(false, 8_388_608, 900_000, Duration.ZERO, 100_000));
  }

  @ParameterizedTest
  @CsvSource({
    "slice.first.position, none",
    "dead.letter.max.bytes, 20000001",
    "dedup.window.ms, 86400001",
    "dedup.max.ids, 0"
  })
  void refusesWhatMakesNoSense(String key, String value) {
    assertThatThrownBy(() -> from(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }
}
