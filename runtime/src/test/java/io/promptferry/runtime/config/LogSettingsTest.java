package io.promptferry.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogSettingsTest {

  private static final LogSettings USUAL = new LogSettings("text", "INFO");

  @TempDir Path folder;

  @Test
  void isTextFromInfoOnWhereNothingIsSet() {
    assertThat(LogSettings.read(null, Map.of())).isEqualTo(USUAL);
  }

  @Test
  void comesFromTheFileAndTheEnvironmentOverIt() throws Exception {
    Path file =
        Files.writeString(folder.resolve("a"), "log.format=JSON\nlog.level=warn\nno.such.key=1");
    assertThat(LogSettings.read(file, Map.of())).isEqualTo(new LogSettings("json", "WARN"));
    assertThat(LogSettings.read(file, Map.of("PROMPTFERRY_LOG_LEVEL", "debug")))
        .isEqualTo(new LogSettings("json", "DEBUG"));
  }

  @Test
  void mayReferToAVariable() {
    var environment = Map.of("PROMPTFERRY_LOG_FORMAT", "${env:FORMAT}", "FORMAT", "json");
    assertThat(LogSettings.read(null, environment).format()).isEqualTo("json");
  }

  @Test
  void isAsUsualWhereItCannotBeReadSoThatThatCanBeLogged() {
    assertThat(LogSettings.read(folder.resolve("none"), Map.of())).isEqualTo(USUAL);
    assertThat(LogSettings.read(null, Map.of("PROMPTFERRY_LOG_FORMAT", "${env:NONE}")))
        .isEqualTo(USUAL);
  }

  @ParameterizedTest
  @CsvSource({
    "LOG_FORMAT, xml, 'Invalid value xml for configuration log.format: use one of text, json'",
    "LOG_LEVEL, TRACE,"
        + " 'Invalid value TRACE for configuration log.level: use one of ERROR, WARN, INFO, DEBUG'",
  })
  void anotherValueIsAsUsualAndThenRefused(String variable, String value, String message) {
    var environment =
        Map.of(
            "PROMPTFERRY_" + variable,
            value,
            "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS",
            "k:1",
            "PROMPTFERRY_SCHEMA_REGISTRY_URL",
            "http://r");
    assertThat(LogSettings.read(null, environment)).isEqualTo(USUAL);
    assertThatThrownBy(() -> ConfigLoader.load(ServiceConfig.define(), null, environment))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }
}
