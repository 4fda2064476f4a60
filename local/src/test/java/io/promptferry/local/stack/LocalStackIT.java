package io.promptferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.command.Commands;
import io.promptferry.local.command.Surroundings;
import io.promptferry.stack.ChildProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LocalStackIT {

  private static final int PROMPTS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  @Timeout(120)
  void whatIsProducedIsAnsweredAndConsumed() throws Exception {
    List<String> progress = new ArrayList<>();
    StackSettings settings =
        StackSettings.defaults(folder)
            .withDelays(Duration.ofMillis(100), Duration.ofMillis(200))
            .with(Map.of("collector", Map.of("log.format", "json")));
    List<ChildProcess> processes;
    try (LocalStack stack = LocalStack.start(settings, progress::add)) {
      processes = stack.processes();
      assertThat(progress).last().isEqualTo("ready");
      assertThat(stack.endpoints())
          .extracting(Endpoint::name)
          .containsExactly("broker", "registry", "simulator", "batcher", "poller", "collector");
      assertThat(stack.endpoints()).allSatisfy(endpoint -> assertThat(endpoint.log()).exists());

      // Killed before there is work, so that it must come back for there to be answers.
      stack.service("poller").kill();
      stack.restart("poller");

      assertThat(run(stack, prompts(), "produce", "--file", "-"))
          .as(err.toString(StandardCharsets.UTF_8))
          .isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("prompts sent: 10");
      out.reset();
      assertThat(run(stack, "", "consume", "--from-beginning", "--max", "10"))
          .as(err.toString(StandardCharsets.UTF_8))
          .isZero();
      checkAnswers();

      out.reset();
      assertThat(run(stack, "", "consume", "--from-beginning", "--max", "5", "--key", "key 1"))
          .isZero();
      assertThat(out.toString(StandardCharsets.UTF_8).lines())
          .hasSize(5)
          .allSatisfy(
              line -> assertThat(JSON.readTree(line).get("key").textValue()).isEqualTo("key 1"));

      assertThat(run(stack, "{\"prompt\":\"p\"}\n\n{\"promt\":\"q\"}\n", "produce", "--file", "-"))
          .isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("line 3: unknown field 'promt'")
          .contains("rows not sent: 1");
    }
    assertThat(processes).noneMatch(ChildProcess::isAlive);
    assertThat(Files.readString(folder.resolve("collector/collector.log"))).contains(" stops");
    checkLogs();
  }

  /** Each as it is configured; a line about a batch says which, and which job. */
  private void checkLogs() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("collector/collector.log"))) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines)
        .filteredOn(line -> line.path("message").textValue().contains(" is done with: "))
        .isNotEmpty()
        .allSatisfy(
            line -> {
              assertThat(line.path("message").textValue())
                  .startsWith("batch " + line.path("batch").textValue());
              assertThat(line.path("job").textValue()).startsWith("batches/");
              assertThat(line.path("partition").textValue()).startsWith("job-states-");
            });
    for (String service : List.of("batcher", "poller")) {
      assertThat(Files.readAllLines(folder.resolve(service + "/" + service + ".log")))
          .anySatisfy(line -> assertThat(line).contains(": [batch=", " job=batches/"));
    }
  }

  private void checkAnswers() throws Exception {
    Set<String> ids = new HashSet<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      JsonNode answer = JSON.readTree(line);
      String id = answer.get("id").textValue();
      ids.add(id);
      assertThat(answer.get("status").textValue()).isEqualTo("SUCCEEDED");
      assertThat(answer.get("key").textValue()).isEqualTo("key " + Integer.parseInt(id) % 2);
      assertThat(answer.get("topic").textValue()).startsWith("responses.key-20");
      assertThat(answer.get("text").textValue()).isNotBlank();
      assertThat(answer.get("usage").get("totalTokens").longValue()).isPositive();
    }
    assertThat(ids).hasSize(PROMPTS);
  }

  private static String prompts() {
    var lines = new StringBuilder();
    IntStream.range(0, PROMPTS)
        .forEach(
            i ->
                lines.append(
                    "{\"key\":\"key %d\",\"id\":\"%d\",\"prompt\":\"Größe %d\"}%n"
                        .formatted(i % 2, i, i)));
    return lines.toString();
  }

  private int run(LocalStack stack, String in, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--bootstrap", stack.bootstrapServers(), "--registry", stack.registryUrl()));
    var here =
        new Surroundings(
            Map.of(),
            Clock.systemUTC(),
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return Commands.of(here).execute(all.toArray(String[]::new));
  }
}
