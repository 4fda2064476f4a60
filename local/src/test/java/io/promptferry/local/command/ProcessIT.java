package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as processes: their signals, exit codes and logs. */
class ProcessIT {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int SIGTERM_EXIT = 143;

  @TempDir Path folder;

  @Test
  void sigtermEndsTheSimulatorInOrder() {
    try (ChildProcess simulator =
        start("simulator", "--port", "0", "--data", folder.resolve("data").toString())) {
      simulator.awaitReady(() -> log(simulator).contains("the simulator listens at"), LONG);
      // 137 if the shutdown hook waited for a thread that never ends.
      simulator.terminate(LONG);
      assertThat(simulator.exitValue()).hasValue(SIGTERM_EXIT);
    }
  }

  @Test
  void theSimulatorTakesAnAddressKeysFromAFileAndQuotas() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), "first\n\n second \n");
    try (ChildProcess simulator =
        start(
            "simulator",
            "--host=localhost",
            "--port=0",
            "--data=" + folder.resolve("data"),
            "--keys-file=" + keys,
            "--concurrent-jobs=2",
            "--enqueued-tokens=1000",
            "--stored-bytes=5000")) {
      simulator.awaitReady(() -> log(simulator).contains("the simulator listens at"), LONG);
      URI address = URI.create(log(simulator).replaceAll("(?s).*listens at (\\S+).*", "$1"));
      assertThat(address).hasHost("localhost");
      assertThat(get(address.resolve("/simulator/quotas"), ""))
          .isEqualTo("{\"concurrentJobs\":2,\"enqueuedTokens\":1000,\"storedBytes\":5000}");
      assertThat(get(address.resolve("/v1beta/batches"), "first")).doesNotContain("error");
      assertThat(get(address.resolve("/v1beta/batches"), "second")).doesNotContain("error");
      assertThat(get(address.resolve("/v1beta/batches"), "simulator")).contains("API_KEY_INVALID");
    }
  }

  private static String get(URI address, String key) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address).header("x-goog-api-key", key).timeout(LONG).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .replaceAll("\\s", "");
  }

  @Test
  void liveIsRefusedWithoutATerminalAndTheCostIsShownFirst() {
    try (ChildProcess demo =
        ChildProcess.start(
            JavaCommand.of("demo", "io.promptferry.local.Promptferry", folder)
                .args("demo", "--live")
                .environment(Map.of("GEMINI_API_KEY", "AIza-not-to-be-seen")))) {
      assertThat(demo.awaitExit(LONG)).isTrue();
      assertThat(demo.exitValue()).hasValue(1);
      assertThat(log(demo))
          .contains("  prompts   20 to gemini-2.5-flash, in about 1 batch")
          .contains("promptferry demo: --live asks before it sends, and there is no terminal")
          .contains("--yes")
          .doesNotContain("starting", "AIza");
    }
  }

  @Test
  void aServiceThatIsNotConfiguredSaysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("b.properties"), "batch.linger=5\n");
    try (ChildProcess batcher = start("batcher", "--config", file.toString())) {
      assertThat(batcher.awaitExit(LONG)).isTrue();
      assertThat(batcher.exitValue()).hasValue(2);
      assertThat(log(batcher))
          .contains("unknown configuration key 'batch.linger'; the nearest known one is")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void theFormatOfTheLogIsThatOfTheFileFromTheFirstLineOn() throws Exception {
    Path file = Files.writeString(folder.resolve("b.properties"), "log.format=json\n");
    try (ChildProcess batcher = start("batcher", "--config", file.toString())) {
      assertThat(batcher.awaitExit(LONG)).isTrue();
      assertThat(log(batcher).lines())
          .as("the line of the log, and that for the person")
          .hasSize(2)
          .anySatisfy(line -> assertThat(line).startsWith("{\"time\":\"").endsWith("\"}"))
          .anySatisfy(line -> assertThat(line).startsWith("promptferry batcher: not configured"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"batcher", "poller", "collector"})
  void aServiceLogsWhatKafkasClientsWarnOf(String service) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("s.properties"),
            """
            kafka.bootstrap.servers=127.0.0.1:1
            schema.registry.url=http://127.0.0.1:1
            gemini.api.key=none
            http.port=0
            startup.timeout.ms=1000
            """);
    try (ChildProcess process = start(service, "--config", file.toString())) {
      assertThat(process.awaitExit(LONG)).isTrue();
      assertThat(log(process))
          .containsPattern(" WARN .* NetworkClient: .* could not be established")
          .contains("check kafka.bootstrap.servers")
          .doesNotContain("--bootstrap");
    }
  }

  private ChildProcess start(String... words) {
    return ChildProcess.start(
        JavaCommand.of(words[0], "io.promptferry.local.Promptferry", folder).args(words));
  }

  private static String log(ChildProcess process) {
    try {
      return Files.readString(process.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
