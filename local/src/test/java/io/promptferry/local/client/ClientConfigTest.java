package io.promptferry.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.runtime.config.ServiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientConfigTest {

  private static final ClientConfig.Wanted NOTHING =
      new ClientConfig.Wanted(Optional.empty(), Optional.empty(), Optional.empty());

  @TempDir Path folder;

  @Test
  void withoutAWordItIsWhereUpListens() {
    ServiceConfig config = ClientConfig.load(NOTHING, null, Map.of());
    assertThat(config.getString(ServiceConfig.BOOTSTRAP_SERVERS)).isEqualTo("127.0.0.1:9092");
    assertThat(config.originals())
        .containsEntry("schema.registry.url", "http://127.0.0.1:8081/apis/ccompat/v7");
  }

  @Test
  void optionsGoOverTheEnvironmentAndThatOverTheFile() throws Exception {
    Path file = file("kafka.bootstrap.servers=file:1", "schema.registry.url=http://file");
    Map<String, String> environment =
        Map.of(
            "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "env:1",
            "PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://env");
    var wanted =
        new ClientConfig.Wanted(Optional.of("option:1"), Optional.empty(), Optional.of("p."));
    ServiceConfig config = ClientConfig.load(wanted, file, environment);
    assertThat(config.getString(ServiceConfig.BOOTSTRAP_SERVERS)).isEqualTo("option:1");
    assertThat(config.getString(ServiceConfig.REGISTRY_URL)).isEqualTo("http://env");
    assertThat(config.getString("topics.prefix")).isEqualTo("p.");
    assertThat(
            ClientConfig.load(NOTHING, file, Map.of()).getString(ServiceConfig.BOOTSTRAP_SERVERS))
        .isEqualTo("file:1");
  }

  @Test
  void theFilesOfServicesServeToo() throws Exception {
    Path file =
        file(
            "kafka.bootstrap.servers=k:1",
            "schema.registry.url=http://r",
            "kafka.security.protocol=SSL",
            "batch.linger.ms=1",
            "poll.interval.first.ms=1",
            "collect.spool.dir=/x",
            "gemini.api.key=secret");
    ServiceConfig config = ClientConfig.load(NOTHING, file, Map.of());
    assertThat(config.originals()).containsEntry("kafka.security.protocol", "SSL");
  }

  @Test
  void aMisspeltKeyIsAnError() throws Exception {
    Path file =
        file("kafka.bootstrap.servers=k:1", "schema.registry.url=http://r", "topic.prefix=");
    assertThatThrownBy(() -> ClientConfig.load(NOTHING, file, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'topics.prefix'");
  }

  private Path file(String... lines) throws Exception {
    return Files.writeString(folder.resolve("x.properties"), String.join("\n", lines));
  }
}
