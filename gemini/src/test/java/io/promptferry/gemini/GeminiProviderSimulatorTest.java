package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter and the simulator know nothing of each other but the API. */
class GeminiProviderSimulatorTest extends BatchProviderContract {

  private static final int REQUESTS = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As the contract has it: such a job is pending until it is cancelled. */
  private static final String STUCK =
      """
      {"call":"job","match":"ferry/","what":{"stuck":true}}""";

  private final HttpClient control = HttpClient.newHttpClient();
  private Simulator simulator;
  private GeminiProvider provider;

  @BeforeEach
  void start() throws Exception {
    Duration soon = Duration.ofMillis(20);
    simulator = Simulator.start(SimulatorSettings.in(dir.resolve("data")).withDelays(soon, soon));
    Duration limit = Duration.ofSeconds(10);
    provider =
        new GeminiProvider(
            new GeminiSettings(
                new Password("simulator"),
                simulator.baseUrl().toString(),
                limit,
                limit,
                limit,
                256 * 1024,
                2,
                2));
    faults(STUCK);
  }

  @AfterEach
  void stop() {
    provider.close();
    simulator.close();
  }

  @Override
  BatchProvider provider() {
    return provider;
  }

  @Override
  byte[] stored(String fileName) throws IOException {
    Path contents = dir.resolve("data/files/content");
    return Files.readAllBytes(contents.resolve(fileName.substring("files/".length())));
  }

  @Override
  RemoteJob succeeded(RemoteJob job) {
    RemoteJob ended = ended(job);
    assertThat(ended.state()).isEqualTo("SUCCEEDED");
    return ended;
  }

  /** The simulator takes any plain name for a model's. */
  @Override
  String absentModel() {
    return "tunedModels/absent";
  }

  @Override
  void loseReplies() throws Exception {
    faults(STUCK, "{\"call\":\"create\",\"what\":{\"drop\":\"after\"}}");
  }

  @Override
  void cutDownloads() throws Exception {
    faults("{\"call\":\"download\",\"what\":{\"truncate\":10,\"noRange\":true}}");
  }

  @Override
  void hold() throws Exception {
    faults(
        Stream.of(
                "upload.chunk",
                "create",
                "list",
                "get",
                "download",
                "cancel",
                "files.delete",
                "files.list")
            .map(call -> "{\"call\":\"%s\",\"what\":{\"hang\":60000}}".formatted(call))
            .toArray(String[]::new));
  }

  @Override
  int held() throws Exception {
    int held = 0;
    for (JsonNode fault : JSON.readTree(send("faults", "GET", ""))) {
      held += fault.path("fired").asInt();
    }
    return held;
  }

  @Override
  void keyIsWrong(boolean wrong) throws Exception {
    send("keys", "PUT", "{\"keys\":[\"%s\"]}".formatted(wrong ? "another" : "simulator"));
  }

  private void faults(String... faults) throws Exception {
    send("faults", "PUT", Stream.of(faults).collect(Collectors.joining(",", "[", "]")));
  }

  private String send(String resource, String method, String body) throws Exception {
    URI uri = simulator.baseUrl().resolve("/simulator/" + resource);
    var request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build();
    var response = control.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private RemoteJob ended(RemoteJob job) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> provider.get(job.name()).orElseThrow(), RemoteJob::terminal);
  }

  private Path lines(int padding) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < REQUESTS; i++) {
      lines.append(
          "{\"key\":\"0-%d\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Prompt %d %s\"}]}]}}\n"
              .formatted(i, i, "x".repeat(padding)));
    }
    return Files.writeString(dir.resolve("in.jsonl"), lines);
  }

  @Test
  void answersComeBackForEveryKey() throws IOException {
    Path in = lines(1_500); // three chunks
    RemoteFile file = provider.upload(in, "20261120-051200-k3f9x2ab-1");
    assertThat(file).isEqualTo(new RemoteFile("files/20261120-051200-k3f9x2ab-1", Files.size(in)));

    RemoteJob created = provider.create("gemini-2.5-flash", file.name(), "done/b1");
    RemoteJob job = ended(created);

    assertThat(job.state()).isEqualTo("SUCCEEDED");
    assertThat(job.model()).isEqualTo("gemini-2.5-flash");
    assertThat(job.displayName()).isEqualTo("done/b1");
    assertThat(job.inputFile()).isEqualTo(file.name());
    assertThat(job.stats()).isEqualTo(new Stats(REQUESTS, REQUESTS, 0, 0));
    assertThat(job.error()).isNull();
    assertThat(job.created()).isNotNull();
    assertThat(job.ended()).isNotNull();

    Path out = dir.resolve("out.jsonl");
    String result = job.resultFile();
    assertThat(result).isNotNull();
    provider.download(String.valueOf(result), out);
    Map<String, JsonNode> answers = new HashMap<>();
    for (String line : Files.readAllLines(out)) {
      JsonNode answer = new ObjectMapper().readTree(line);
      assertThat(answers.put(answer.path("key").asText(), answer.path("response"))).isNull();
    }
    assertThat(answers).hasSize(REQUESTS);
    assertThat(answers.values()).allMatch(response -> response.path("candidates").has(0));

    assertThat(provider.discard(file.name())).isTrue();
    assertThat(provider.discard(file.name())).isTrue();
  }

  /** Each reply brings a thousand bytes, and the next goes on behind them. */
  @Test
  void aDownloadGoesOnWhereItBroke() throws Exception {
    Path out = dir.resolve("out.jsonl");
    String result = provider.upload(lines(10), "in-1").name();
    int size = stored(result).length;
    faults("{\"call\":\"download\",\"what\":{\"truncate\":1000}}");

    provider.download(result, out);

    assertThat(out).hasBinaryContent(stored(result));
    assertThat(held()).isBetween(size / 1_000, size / 1_000 + 1);
    assertThat(partsOf(out)).isEmpty();
  }

  @Test
  void aDownloadBeginsAgainWhereNoRangeIsGranted() throws Exception {
    Path out = dir.resolve("out.jsonl");
    String result = provider.upload(lines(10), "in-1").name();
    faults(
        """
        {"call":"download","what":{"truncate":1000,"noRange":true},"times":1}""",
        """
        {"call":"download","what":{"noRange":true}}""");

    provider.download(result, out);

    assertThat(out).hasBinaryContent(stored(result));
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void poisonedFileFailsItsJobWithTheLineNamed() throws IOException {
    Path in = Files.writeString(dir.resolve("bad.jsonl"), "{\"key\":\"0-1\",\"reqest\":{}}\n");
    RemoteJob job =
        ended(provider.create("gemini-2.5-flash", provider.upload(in, "bad").name(), "done/b1"));

    assertThat(job.state()).isEqualTo("FAILED");
    assertThat(job.resultFile()).isNull();
    RemoteError error = job.error();
    assertThat(error).isNotNull();
    assertThat(String.valueOf(error)).contains("line 1");
  }
}
