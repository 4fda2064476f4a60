package io.promptferry.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SettingsTableTest {

  @Test
  void theReadmeHasEverySettingAsTheCodeHasIt() throws IOException {
    List<String> rows =
        Stream.concat(
                rows("producer", ProducerSettings.define()),
                rows("consumer", ConsumerSettings.define()))
            .toList();

    assertThat(
            Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| `promptferry.")))
        .isEqualTo(rows);
  }

  private static Stream<String> rows(String side, ConfigDef def) {
    return def.configKeys().values().stream()
        .map(
            key ->
                "| `%s` | %s | %s | %s |"
                    .formatted(key.name, side, defaultOf(key), key.documentation));
  }

  private static String defaultOf(ConfigDef.ConfigKey key) {
    String value = ConfigDef.convertToString(key.defaultValue, key.type);
    if (value == null || value.isEmpty()) {
      return "empty";
    }
    return value.equals(Long.toString(Long.MAX_VALUE)) ? "not checked" : "`" + value + "`";
  }
}
