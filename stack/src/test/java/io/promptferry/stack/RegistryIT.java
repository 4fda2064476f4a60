package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryIT {
  private static final String SCHEMA = "{\"schema\":\"\\\"string\\\"\"}";
  private static final String OTHER = "{\"schema\":\"\\\"long\\\"\"}";

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void keepsItsSchemasAndSettingsOverAKill() throws Exception {
    Registry first = Registry.start(folder, 0);
    try (first) {
      assertThat(first.url()).matches("http://127\\.0\\.0\\.1:\\d+/apis/ccompat/v7");
      assertThat(
              call(first, "PUT", "/config", "{\"compatibility\":\"FULL_TRANSITIVE\"}").statusCode())
          .isEqualTo(200);
      assertThat(call(first, "POST", "/subjects/s/versions", SCHEMA).body())
          .isEqualTo("{\"id\":1}");
      first.kill();
      assertThat(first.process().isAlive()).isFalse();
    }
    try (Registry second = Registry.start(first.settings())) {
      assertThat(second.url()).isEqualTo(first.url());
      assertThat(call(second, "GET", "/schemas/ids/1", "").body()).contains("\\\"string\\\"");
      assertThat(call(second, "POST", "/subjects/s", SCHEMA).body()).contains("\"version\":1");
      assertThat(call(second, "POST", "/subjects/s/versions", OTHER).statusCode()).isEqualTo(409);
      assertThat(call(second, "POST", "/subjects/t/versions", OTHER).body())
          .isEqualTo("{\"id\":2}");
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Registry.start(folder, taken.getLocalPort()))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " ")
          .hasMessageEndingWith("for the registry");
    }
  }

  @Test
  void aRegistryThatTakesTooLongIsKilledAndNamesItsLog() {
    Registry.Settings hasty = Registry.Settings.in(folder).startWithin(Duration.ofMillis(1));
    assertThatThrownBy(() -> Registry.start(hasty))
        .isInstanceOf(StackException.class)
        .hasMessage("registry did not start within 0 s, see " + folder.resolve("registry.log"));
  }

  private HttpResponse<String> call(Registry registry, String method, String path, String body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(registry.url() + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
