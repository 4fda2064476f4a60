package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiSettingsTest {

  private static GeminiSettings settings(Map<String, String> values) {
    var config = new AbstractConfig(GeminiSettings.define(new ConfigDef()), values, false);
    return GeminiSettings.from(config, config.getPassword("gemini.api.key"));
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> values = new HashMap<>(Map.of("gemini.api.key", "k"));
    values.put(key, value);
    return values;
  }

  @Test
  void onlyTheKeyIsAsked() {
    assertThat(settings(Map.of("gemini.api.key", "k")))
        .isEqualTo(
            new GeminiSettings(
                new Password("k"),
                "https://generativelanguage.googleapis.com",
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                8 * 1024 * 1024,
                3,
                100));
  }

  @ParameterizedTest
  @CsvSource({
    "gemini.base.url, example.org",
    "gemini.base.url, ftp://example.org",
    "gemini.base.url, https://example.org?a=b",
    "gemini.base.url, 'http://a b'",
    "gemini.upload.chunk.bytes, 1000",
    "gemini.upload.chunk.bytes, 0",
    "gemini.transfer.attempts, 0",
    "gemini.list.page.size, 0",
    "gemini.call.timeout.ms, 0",
    "gemini.connect.timeout.ms, -1",
    "gemini.transfer.timeout.ms, 0",
  })
  void valuesAreValidated(String key, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> settings(with(key, value)))
        .withMessageContaining(key);
  }

  @Test
  void keyIsCheckedAndNeverShown() {
    assertThat(settings(with("gemini.api.key", "hush\n")).trimmedKey()).isEqualTo("hush");
    assertThat(settings(with("gemini.api.key", "hush")).toString()).doesNotContain("hush");
    for (String key : new String[] {" ", "hush hush", "hush\nhush", "hüsh"}) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> settings(with("gemini.api.key", key)))
          .withMessageContaining("gemini.api.key")
          .withMessageNotContaining("sh");
    }
  }
}
