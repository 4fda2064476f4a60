package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter and the simulator know nothing of each other but the API. */
class GeminiProviderSimulatorTest {

  private static final int REQUESTS = 500;

  @TempDir Path dir;
  private Simulator simulator;
  private GeminiProvider provider;

  @BeforeEach
  void start() throws IOException {
    simulator = running(Duration.ofMillis(20));
    provider = provider("simulator");
  }

  @AfterEach
  void stop() {
    provider.close();
    simulator.close();
  }

  private Simulator running(Duration delay) throws IOException {
    return Simulator.start(
        SimulatorSettings.in(dir.resolve("data")).withDelays(Duration.ofMillis(20), delay));
  }

  private GeminiProvider provider(String key) {
    Duration limit = Duration.ofSeconds(10);
    return new GeminiProvider(
        new GeminiSettings(
            new Password(key),
            simulator.baseUrl().toString(),
            limit,
            limit,
            limit,
            256 * 1024,
            2,
            2));
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

  private RemoteJob untilTerminal(RemoteJob job) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> provider.get(job.name()).orElseThrow(), RemoteJob::terminal);
  }

  @Test
  void answersComeBackForEveryKey() throws IOException {
    Path in = lines(1_500); // three chunks
    RemoteFile file = provider.upload(in, "20261120-051200-k3f9x2ab-1");
    assertThat(file).isEqualTo(new RemoteFile("files/20261120-051200-k3f9x2ab-1", Files.size(in)));

    RemoteJob created = provider.create("gemini-2.5-flash", file.name(), "ferry/b1");
    RemoteJob job = untilTerminal(created);

    assertThat(job.state()).isEqualTo("SUCCEEDED");
    assertThat(job.model()).isEqualTo("gemini-2.5-flash");
    assertThat(job.displayName()).isEqualTo("ferry/b1");
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

  @Test
  void jobIsFoundAmongOthersByItsName() throws IOException {
    Path in = lines(1);
    for (int i = 0; i < 5; i++) {
      String file = provider.upload(in, "in-" + i).name();
      provider.create("gemini-2.5-flash", file, "ferry/b" + i);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(provider.find("ferry/b" + i))
          .extracting(RemoteJob::inputFile)
          .containsExactly("files/in-" + i);
    }
    JobPage page = provider.list("");
    var listed = new ArrayList<>(page.jobs());
    while (!page.last()) {
      page = provider.list(page.next());
      listed.addAll(page.jobs());
    }
    assertThat(listed)
        .extracting(RemoteJob::displayName)
        .containsExactly("ferry/b4", "ferry/b3", "ferry/b2", "ferry/b1", "ferry/b0");
    assertThat(provider.find("ferry/b")).isEmpty();
    assertThat(provider.get("batches/none")).isEmpty();
  }

  @Test
  void deletedInputFencesCreate() throws IOException {
    String file = provider.upload(lines(1), "in-1").name();
    assertThat(provider.discard(file)).isTrue();

    ProviderException e =
        catchThrowableOfType(
            ProviderException.class, () -> provider.create("gemini-2.5-flash", file, "ferry/b1"));

    assertThat(e.kind()).isIn(Kind.NOT_FOUND, Kind.REFUSED);
    assertThat(provider.find("ferry/b1")).isEmpty();
  }

  @Test
  void runningJobIsCancelled() throws IOException {
    simulator.close();
    provider.close();
    simulator = running(Duration.ofMinutes(5));
    provider = provider("simulator");
    String file = provider.upload(lines(1), "in-1").name();
    RemoteJob job = provider.create("gemini-2.5-flash", file, "ferry/b1");

    provider.cancel(job.name());
    assertThat(untilTerminal(job).state()).isEqualTo("CANCELLED");
    provider.cancel(job.name());
    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.cancel("batches/none"))
                .kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void takenNameAndWrongKeyAreRefused() throws IOException {
    Path in = lines(1);
    provider.upload(in, "in-1");
    ProviderException taken =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));
    assertThat(taken.kind()).isEqualTo(Kind.REFUSED);
    assertThat(taken.code()).isEqualTo(409);

    try (GeminiProvider stranger = provider("not-the-key")) {
      ProviderException e =
          catchThrowableOfType(ProviderException.class, () -> stranger.find("ferry/b1"));
      assertThat(e.keyIsWrong()).isTrue();
      assertThat(e).hasMessageContaining("set gemini.api.key");
    }
  }

  @Test
  void poisonedFileFailsItsJobWithTheLineNamed() throws IOException {
    Path in = Files.writeString(dir.resolve("bad.jsonl"), "{\"key\":\"0-1\",\"reqest\":{}}\n");
    RemoteJob job =
        untilTerminal(
            provider.create("gemini-2.5-flash", provider.upload(in, "bad").name(), "ferry/b1"));

    assertThat(job.state()).isEqualTo("FAILED");
    assertThat(job.resultFile()).isNull();
    RemoteError error = job.error();
    assertThat(error).isNotNull();
    assertThat(String.valueOf(error)).contains("line 1");
  }
}
