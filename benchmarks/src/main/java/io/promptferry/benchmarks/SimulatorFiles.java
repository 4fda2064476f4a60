package io.promptferry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.gemini.RemoteFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** What has been uploaded to a simulator. */
final class SimulatorFiles {

  /** The simulator's default. */
  static final String KEY = "simulator";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI files;

  SimulatorFiles(URI simulator) {
    this.files = simulator.resolve("/v1beta/files");
  }

  Optional<RemoteFile> first() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(files).header("x-goog-api-key", KEY).timeout(TIMEOUT).build();
    String reply = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    JsonNode file = new ObjectMapper().readTree(reply).path("files").path(0);
    return file.isMissingNode()
        ? Optional.empty()
        : Optional.of(new RemoteFile(file.path("name").asText(), file.path("sizeBytes").asLong()));
  }
}
