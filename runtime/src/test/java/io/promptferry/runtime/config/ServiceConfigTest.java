package io.promptferry.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceConfigTest {

  @Test
  void defaultsAreAsDocumented() {
    ServiceConfig config = config(Map.of());
    assertThat(config.redacted())
        .isEqualTo(
            Map.ofEntries(
                Map.entry("deployment", "promptferry"),
                Map.entry("http.host", "0.0.0.0"),
                Map.entry("http.port", "8080"),
                Map.entry("kafka.bootstrap.servers", "k:1"),
                Map.entry("log.format", "text"),
                Map.entry("log.level", "INFO"),
                Map.entry("schema.registry.url", "http://r"),
                Map.entry("startup.timeout.ms", "60000"),
                Map.entry("loop.timeout.ms", "300000"),
                Map.entry("restart.max.attempts", "20"),
                Map.entry("gemini.api.key", "[hidden]"),
                Map.entry("batch.max.tokens", "5")));
  }

  @Test
  void whatIsShownIsSorted() {
    assertThat(List.copyOf(config(Map.of()).redacted().keySet())).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "9", "a-b", "promptferry", "a123456789012345678901234567890123456789"})
  void aDeploymentMayBeNamed(String name) {
    assertThat(config(Map.of("deployment", name)).getString("deployment")).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A", "a_b", "a.b", "-a", "a b", "a1234567890123456789012345678901234567890"})
  void aDeploymentMayNotBeNamed(String name) {
    assertThatThrownBy(() -> config(Map.of("deployment", name)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("deployment")
        .hasMessageContaining("use up to 40 lower-case letters, digits and '-'");
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, -1",
    "http.port, 65536",
    "http.port, many",
    "startup.timeout.ms, 0",
    "loop.timeout.ms, 999",
    "restart.max.attempts, 0",
    "kafka.bootstrap.servers, ''",
    "schema.registry.url, ''",
    "schema.registry.url, localhost:8081",
    "schema.registry.url, 'http://a:1,b:1'",
  })
  void aValueOutOfRangeIsNamedByItsKey(String key, String value) {
    assertThatThrownBy(() -> config(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, 0",
    "http.port, 65535",
    "loop.timeout.ms, 1000",
    "restart.max.attempts, 1"
  })
  void theEndsOfARangeAreInIt(String key, String value) {
    assertThat(config(Map.of(key, value)).redacted()).containsEntry(key, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemini.api.key",
        "kafka.ssl.keystore.password",
        "kafka.ssl.keystore.key",
        "kafka.sasl.jaas.config",
        "kafka.producer.sasl.jaas.config",
        "kafka.sasl.oauthbearer.client.credentials.client.secret",
        "schema.registry.basic.auth.user.info",
        "schema.registry.bearer.auth.token",
        "schema.registry.SSL.KEY.PASSWORD"
      })
  void secretsAreHidden(String key) {
    assertThat(config(Map.of(key, "s3cret")).redacted()).containsEntry(key, "[hidden]");
  }

  @Test
  void credentialsInAUrlAreHidden() {
    Map<String, String> shown =
        config(
                Map.of(
                    "schema.registry.url",
                        "https://me:s3cret@a.example:1/x,https://you:2@b.example",
                    "kafka.metrics.proxy", "http://me:s3cret@p.example"))
            .redacted();
    assertThat(shown)
        .containsEntry(
            "schema.registry.url", "https://[hidden]@a.example:1/x,https://[hidden]@b.example")
        .containsEntry("kafka.metrics.proxy", "http://[hidden]@p.example");
  }

  @Test
  void whatIsNoSecretIsShown() {
    assertThat(
            config(Map.of("kafka.consumer.max.poll.records", "9", "batch.max.tokens", "7"))
                .redacted())
        .containsEntry("kafka.consumer.max.poll.records", "9")
        .containsEntry("batch.max.tokens", "7");
  }

  private static ServiceConfig config(Map<String, String> values) {
    var all =
        new HashMap<>(Map.of("kafka.bootstrap.servers", "k:1", "schema.registry.url", "http://r"));
    all.putAll(values);
    ConfigDef def =
        ServiceConfig.define()
            .define("gemini.api.key", ConfigDef.Type.PASSWORD, "x", ConfigDef.Importance.HIGH, "")
            .define("batch.max.tokens", ConfigDef.Type.INT, 5, ConfigDef.Importance.HIGH, "");
    return new ServiceConfig(def, all);
  }
}
