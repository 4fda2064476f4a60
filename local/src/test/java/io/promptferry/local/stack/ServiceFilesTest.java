package io.promptferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.service.Service;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServiceFilesTest {

  private final ServiceFiles files =
      new ServiceFiles("127.0.0.1:1", "http://r", "http://127.0.0.1:2", false);

  @TempDir Path folder;

  static Service[] services() {
    return new Service[] {new BatcherService(), new PollerService(), new CollectorService()};
  }

  @ParameterizedTest
  @MethodSource("services")
  void eachServiceTakesItsFile(Service service) {
    ServiceConfig config = load(service, Map.of());
    assertThat(config.getString(ServiceConfig.BOOTSTRAP_SERVERS)).isEqualTo("127.0.0.1:1");
    assertThat(config.getString(ServiceConfig.REGISTRY_URL)).isEqualTo("http://r");
    assertThat(config.getString(ServiceConfig.HTTP_HOST)).isEqualTo("127.0.0.1");
    assertThat(config.getInt(ServiceConfig.HTTP_PORT)).isEqualTo(3);
    assertThat(config.getString("gemini.base.url")).isEqualTo("http://127.0.0.1:2");
    assertThat(config.originals()).containsEntry("gemini.api.key", "simulator");
  }

  @ParameterizedTest
  @MethodSource("services")
  void noServiceKeepsAnythingOutsideItsFolder(Service service) {
    ServiceConfig config = load(service, Map.of());
    config
        .values()
        .forEach(
            (key, value) -> {
              // An empty one is a folder that is not used.
              if (key.endsWith(".dir") && !value.equals("")) {
                assertThat(String.valueOf(value)).as(key).startsWith(folder.toString());
              }
            });
  }

  @ParameterizedTest
  @MethodSource("services")
  void theKeyOfALiveStackIsNamedAndNotWritten(Service service) throws Exception {
    var live = new ServiceFiles("127.0.0.1:1", "http://r", "https://g", true);
    Path file = live.write(service.name(), folder.resolve(service.name()), 3, Map.of());
    var written = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      written.load(in);
    }
    assertThat(written.getProperty("gemini.api.key")).isEqualTo("${env:GEMINI_API_KEY}");
    ServiceConfig config =
        ConfigLoader.load(service.config(), file, Map.of("GEMINI_API_KEY", "the-key"));
    assertThat(config.originals()).containsEntry("gemini.api.key", "the-key");
    assertThat(config.getString("gemini.base.url")).isEqualTo("https://g");
    assertThat(config.getString("deployment")).isEqualTo("promptferry-local");
    // Google is not asked every second.
    assertThat(written).doesNotContainKey("poll.interval.longest.ms");
  }

  @Test
  void overridesGoOverWhatIsUsual() {
    ServiceConfig config = load(new BatcherService(), Map.of("batch.max.requests", "7"));
    assertThat(config.getInt("batch.max.requests")).isEqualTo(7);
    assertThat(config.getLong("batch.linger.ms")).isEqualTo(2000);
  }

  @Test
  void aFolderOfKeysTakesThePlaceOfTheKey() {
    for (Service service : List.of(new BatcherService(), new PollerService())) {
      ServiceConfig config = load(service, Map.of("gemini.keys.dir", folder.toString()));
      assertThat(config.getPassword("gemini.api.key")).isNull();
    }
  }

  @Test
  void aSecondInstanceIsConfiguredAsItsServiceInAFolderOfItsOwn() {
    Path home = folder.resolve("batcher-2");
    ServiceConfig config =
        ConfigLoader.load(
            new BatcherService().config(), files.write("batcher-2", home, 4, Map.of()), Map.of());
    assertThat(config.getInt(ServiceConfig.HTTP_PORT)).isEqualTo(4);
    assertThat(config.getString("state.dir")).startsWith(home.toString());
    assertThat(ServiceFiles.serviceOf("batcher-2")).isEqualTo("batcher");
    assertThat(ServiceFiles.serviceOf("batcher")).isEqualTo("batcher");
  }

  private ServiceConfig load(Service service, Map<String, String> overrides) {
    Path file = files.write(service.name(), folder.resolve(service.name()), 3, overrides);
    return ConfigLoader.load(service.config(), file, Map.of());
  }
}
