package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectSettingsTest {

  @Test
  void readsWhatIsConfigured() {
    Map<String, String> values =
        Map.of(
            "collect.spool.dir", "/var/spool",
            "collect.chunk.max.records", "1",
            "collect.chunk.max.bytes", "2",
            "collect.chunk.max.ms", "7",
            "collect.open.max", "8",
            "isolation.max.jobs", "9",
            "collect.line.max.bytes", "1025",
            "collect.pending.max", "4",
            "collect.give.up.after.ms", "5",
            "collect.read.timeout.ms", "6");
    values = new HashMap<>(values);
    values.put("receipt.key.pattern", "x+");
    values.put("receipt.keys.max", "11");

    CollectSettings settings = settings(values);
    assertThat(settings)
        .isEqualTo(
            new CollectSettings(
                Path.of("/var/spool"),
                1,
                2,
                Duration.ofMillis(7),
                8,
                9,
                settings.receipts(),
                1025,
                4,
                Duration.ofMillis(5),
                Duration.ofMillis(6)));
    assertThat(settings.receipts().key().pattern()).isEqualTo("x+");
    assertThat(settings.receipts().keysMax()).isEqualTo(11);
  }

  @ParameterizedTest
  @CsvSource({
    "collect.spool.dir, ''",
    "collect.chunk.max.records, 0",
    "collect.chunk.max.bytes, 0",
    "collect.line.max.bytes, 1023",
    "collect.line.max.bytes, 268435457",
    "collect.pending.max, 0",
    "collect.give.up.after.ms, 0",
    "collect.read.timeout.ms, 0",
  })
  void refusesWhatIsOutOfBounds(String key, String value) {
    assertThatThrownBy(() -> settings(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  private static CollectSettings settings(Map<String, String> values) {
    return CollectSettings.from(
        new AbstractConfig(CollectSettings.define(new ConfigDef()), values, false));
  }
}
