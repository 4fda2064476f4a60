package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpoolBoundsTest {

  @Test
  void readsWhatIsConfigured() {
    assertThat(bounds(Map.of("collect.spool.max.bytes", "5", "collect.downloads.max", "6")))
        .isEqualTo(new SpoolBounds(5, 6));
  }

  @ParameterizedTest
  @CsvSource({
    "collect.spool.max.bytes, 0",
    "collect.downloads.max, 0",
    "collect.downloads.max, 101",
  })
  void refusesWhatIsOutOfBounds(String key, String value) {
    assertThatThrownBy(() -> bounds(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  private static SpoolBounds bounds(Map<String, String> values) {
    return SpoolBounds.from(new AbstractConfig(SpoolBounds.define(new ConfigDef()), values, false));
  }
}
