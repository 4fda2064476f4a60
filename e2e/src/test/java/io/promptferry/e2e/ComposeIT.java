package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docker-compose up}, as the README has it, ends in an answer to each example prompt. */
@Tag("docker")
class ComposeIT {

  private static final String PROJECT = "promptferry-test";
  private static final int MINUTES = 4;

  @AfterEach
  void down() throws Exception {
    compose("down", "-v", "--timeout", "5");
  }

  @Test
  void theConsumerShowsAnAnswerToEachExamplePrompt() throws Exception {
    List<String> prompts =
        Files.readAllLines(Repository.root().resolve("examples/reviews/prompts.jsonl"));
    assertThat(prompts).isNotEmpty();
    assertThat(compose("up", "-d")).doesNotContain("ERROR");
    await("the answers")
        .atMost(Duration.ofMinutes(MINUTES))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(answers()).hasSize(prompts.size()));
    assertThat(answers()).doesNotHaveDuplicates().allMatch(answer -> answer.contains("SUCCEEDED"));
    await("healthy services")
        .atMost(Duration.ofMinutes(MINUTES))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () ->
                assertThat(compose("ps").lines().filter(line -> line.contains("(healthy)")))
                    .hasSize(5));
  }

  private static List<String> answers() throws Exception {
    return compose("logs", "--no-color", "consumer")
        .lines()
        .filter(line -> line.contains("\"status\""))
        .toList();
  }

  /** Version 1 as a program of its own, version 2 as a part of docker. */
  private static String compose(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.addAll(isVersion1() ? List.of("docker-compose") : List.of("docker", "compose"));
    command.addAll(List.of("-p", PROJECT));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile("compose", ".log");
    var builder =
        new ProcessBuilder(command)
            .directory(Repository.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // Free ports, in case somebody has the same up beside.
    builder
        .environment()
        .putAll(
            Map.of(
                "IMAGE_TAG", ServiceImage.tag(),
                "KAFKA_PORT", "0",
                "REGISTRY_PORT", "0",
                "SIMULATOR_PORT", "0"));
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    String said = Files.readString(log);
    Files.delete(log);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " failed:\n" + said);
    }
    return said;
  }

  private static boolean isVersion1() {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "docker-compose")));
  }
}
