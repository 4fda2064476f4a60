package io.promptferry.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesApiStoreTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void aPartIsThereUntilItExpires() throws Exception {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    try (Simulator simulator = Simulator.start(settings(), CLOCK)) {
      var store = new FilesApiStore(simulator.baseUrl(), () -> "k", CLOCK);

      PartStore.Stored stored = store.store(bytes, "image/png", NOW.plus(Duration.ofDays(2)));

      assertThat(stored.expiry()).contains(NOW.plus(Duration.ofDays(2)));
      assertThat(stored.uri()).startsWith(FilesApiStore.GOOGLE + "/v1beta/files/");
      // A name more than an address: the store's own address is where it can be asked for.
      URI file = simulator.baseUrl().resolve(URI.create(stored.uri()).getPath());
      HttpRequest get = HttpRequest.newBuilder(file).header("x-goog-api-key", "k").build();
      assertThat(HttpClient.newHttpClient().send(get, HttpResponse.BodyHandlers.ofString()).body())
          .contains("\"sizeBytes\":\"300000\"")
          .contains("\"mimeType\":\"image/png\"");
    }
  }

  @Test
  void whatIsNeededLongerIsRefusedBeforeItIsUploaded() {
    var nobody = new FilesApiStore(URI.create("http://127.0.0.1:1"), () -> "k", CLOCK);

    assertThatThrownBy(
            () ->
                nobody.store(new byte[1], "image/png", NOW.plus(Duration.ofDays(2)).plusMillis(1)))
        .isInstanceOf(PartStoreException.class)
        .hasMessageContaining("48 hours")
        .hasMessageContaining("gs://");
  }

  @Test
  void aRefusalSaysWhatToCheckAndNotTheKey() throws IOException {
    try (Simulator simulator = Simulator.start(settings(), CLOCK)) {
      var store = new FilesApiStore(simulator.baseUrl(), () -> "wrong-key", CLOCK);

      assertThatThrownBy(() -> store.store(new byte[1], "image/png", NOW))
          .isInstanceOf(PartStoreException.class)
          .hasMessageContaining("HTTP 400")
          .hasMessageContaining("API key")
          .hasMessageNotContaining("wrong-key");
    }
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    var nobody = new FilesApiStore(URI.create("http://127.0.0.1:1"), () -> "k", CLOCK);

    assertThatThrownBy(() -> nobody.store(new byte[1], "image/png", NOW))
        .isInstanceOf(PartStoreException.class)
        .hasMessageContaining("http://127.0.0.1:1");
  }

  private SimulatorSettings settings() {
    return SimulatorSettings.in(folder).withApiKey("k");
  }
}
