package io.promptferry.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

  private static final String NEEDED =
      """
      kafka.bootstrap.servers = localhost:9092
      schema.registry.url = http://localhost:8081
      """;

  @TempDir Path folder;

  @Test
  void theFileIsRead() throws Exception {
    ServiceConfig config = load("http.port=9\ndeployment = blue \n", Map.of());
    assertThat(config.getInt("http.port")).isEqualTo(9);
    assertThat(config.getString("deployment")).isEqualTo("blue");
    assertThat(config.getString("kafka.bootstrap.servers")).isEqualTo("localhost:9092");
  }

  @Test
  void theFileIsUtf8() throws Exception {
    assertThat(load("gemini.api.key=schlüssel", Map.of()).getPassword("gemini.api.key").value())
        .isEqualTo("schlüssel");
  }

  @Test
  void theEnvironmentStandsOverTheFile() throws Exception {
    ServiceConfig config =
        load("http.port=9\n", Map.of("PROMPTFERRY_HTTP_PORT", "10", "HTTP_PORT", "11"));
    assertThat(config.getInt("http.port")).isEqualTo(10);
  }

  @Test
  void theEnvironmentAloneIsEnough() {
    ServiceConfig config =
        ConfigLoader.load(
            def(),
            null,
            Map.of(
                "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "k:1",
                "PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://r",
                "PROMPTFERRY_KAFKA_PRODUCER_LINGER_MS", "7"));
    assertThat(config.getString("kafka.bootstrap.servers")).isEqualTo("k:1");
    assertThat(config.originalsWithPrefix("kafka.producer.")).containsEntry("linger.ms", "7");
  }

  @Test
  void clientsSettingsArePassedOn() throws Exception {
    ServiceConfig config =
        load("kafka.security.protocol=SSL\nschema.registry.max.retries=9\n", Map.of());
    assertThat(config.originalsWithPrefix("kafka.")).containsEntry("security.protocol", "SSL");
    assertThat(config.originalsWithPrefix("schema.registry.")).containsEntry("max.retries", "9");
  }

  @Test
  void secretsComeFromVariables() throws Exception {
    ServiceConfig config = load("gemini.api.key=${env:KEY}", Map.of("KEY", "s3cret"));
    assertThat(config.getPassword("gemini.api.key")).isEqualTo(new Password("s3cret"));
  }

  @Test
  void secretsComeFromFilesWithoutTheWhiteSpaceAtTheirEnds() throws Exception {
    Path secret = Files.writeString(folder.resolve("a:key"), "s3cret\n");
    ServiceConfig config =
        load("kafka.sasl.jaas.config=module password='${file:" + secret + "}';", Map.of());
    assertThat(config.originalsWithPrefix("kafka."))
        .containsEntry("sasl.jaas.config", "module password='s3cret';");
  }

  @Test
  void secretsMayBePartOfAValueThatTheEnvironmentGives() throws Exception {
    String jaas = "module required password=\"${env:KEY}\";";
    ServiceConfig config =
        load("", Map.of("PROMPTFERRY_KAFKA_SASL_JAAS_CONFIG", jaas, "KEY", "s3cret"));
    assertThat(config.originalsWithPrefix("kafka."))
        .containsEntry("sasl.jaas.config", "module required password=\"s3cret\";");
  }

  @Test
  void aVariableThatIsNotSetIsNamed() {
    assertThatThrownBy(() -> load("gemini.api.key=${env:KEY}", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("the configuration asks for ${env:KEY}: set that variable");
  }

  @Test
  void aSecretFileThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> load("gemini.api.key=${file:" + missing + "}", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "the configuration asks for ${file:" + missing + "}, which cannot be read: ");
  }

  @Test
  void aReferenceOfAnotherKindIsNotTakenForTheSecret() {
    assertThatThrownBy(() -> load("gemini.api.key=${evn:KEY}", Map.of("KEY", "s3cret")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("gemini.api.key asks for ${evn:…}: use ${env:NAME} or ${file:PATH}");
  }

  @ParameterizedTest
  @CsvSource({
    "http.prot, http.port",
    "htp.port, http.port",
    "deploymnt, deployment",
    "topics.prefx, topics.prefix",
    "restart.max, restart.max.attempts",
  })
  void anUnknownKeyNamesTheNearest(String key, String nearest) {
    assertThatThrownBy(() -> load(key + "=1", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "unknown configuration key '" + key + "'; the nearest known one is '" + nearest + "'");
  }

  @Test
  void anUnknownVariableIsAnUnknownKey() {
    assertThatThrownBy(() -> load("", Map.of("PROMPTFERRY_HTTP_PROT", "1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'http.prot'");
  }

  @Test
  void missingKeysAreNamedAllAtOnce() {
    assertThatThrownBy(() -> ConfigLoader.load(ServiceConfig.define(), null, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "not configured: kafka.bootstrap.servers, schema.registry.url; set them in the file, or"
                + " as variables such as PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing.properties");
    assertThatThrownBy(() -> ConfigLoader.load(def(), missing, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("there is no configuration file " + missing);
  }

  @Test
  void aFileThatIsNoTextIsNamed() throws Exception {
    Path file = folder.resolve("latin.properties");
    Files.write(file, "deployment=ü".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ConfigLoader.load(def(), file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("cannot read the configuration file " + file);
    Files.writeString(file, "deployment=\\u00zz");
    assertThatThrownBy(() -> ConfigLoader.load(def(), file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("cannot read the configuration file " + file);
  }

  @Test
  void distancesAreLevenshteins() {
    assertThat(ConfigLoader.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(ConfigLoader.distance("", "abc")).isEqualTo(3);
    assertThat(ConfigLoader.distance("abc", "")).isEqualTo(3);
    assertThat(ConfigLoader.distance("abc", "abc")).isZero();
  }

  @RepeatedTest(20)
  void distancesAreSymmetricAndBounded() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String a = word(random);
    String b = word(random);
    int distance = ConfigLoader.distance(a, b);
    assertThat(distance)
        .as("seed %d", seed)
        .isEqualTo(ConfigLoader.distance(b, a))
        .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
  }

  private static String word(Random random) {
    var word = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(3)));
    }
    return word.toString();
  }

  private static ConfigDef def() {
    return ServiceConfig.define()
        .define("gemini.api.key", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.HIGH, "")
        .define("topics.prefix", ConfigDef.Type.STRING, "", ConfigDef.Importance.HIGH, "");
  }

  private ServiceConfig load(String more, Map<String, String> environment) throws IOException {
    Path file = Files.writeString(folder.resolve("service.properties"), NEEDED + more);
    return ConfigLoader.load(def(), file, new HashMap<>(environment));
  }
}
