package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.command.Surroundings;
import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code demo --live} on a real broker, with a simulator of its own in Google's place. */
class LiveDemoIT {

  private static final String KEY = "AIza-not-to-be-seen";
  private static final Pattern FOLDER = Pattern.compile("Data, configurations and logs: (.*)");

  @Test
  @Timeout(180)
  void whatIsSentIsAnsweredAndTheKeyIsSeenNowhere(@TempDir Path folder) throws Exception {
    var told = new StringWriter();
    Path json = folder.resolve("report.json");
    SimulatorSettings google =
        SimulatorSettings.in(folder.resolve("google"))
            .withApiKey(KEY)
            .withDelays(Duration.ofSeconds(1), Duration.ofSeconds(2));
    try (Simulator simulator = Simulator.start(google)) {
      CompletableFuture<Integer> demo =
          CompletableFuture.supplyAsync(
              () ->
                  demo(
                      told,
                      "--live",
                      "--yes",
                      "--keep",
                      "--json=" + json,
                      "--set=gemini.base.url=" + simulator.baseUrl(),
                      "--set=poll.interval.first.ms=500"));
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> demo.isDone() || told.toString().contains("jobs 1 "));
      assertThat(commandLines()).isNotEmpty().noneMatch(line -> line.contains(KEY));

      assertThat(demo.get()).as("%s", told).isZero();
      assertThat(LedgerReader.read(simulator.baseUrl()).bills()).hasSize(20);
    }
    assertThat(told.toString())
        .contains("  prompts   20 to gemini-2.5-flash, in about 1 batch")
        .contains("Sending without asking (--yes).")
        .contains("20 prompts, each with exactly one answer.", "  cost      $0.00")
        .contains("Checked: ", "Not checked: ")
        .doesNotContain("starting the simulator", "To get their answers", KEY);
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.path("live").booleanValue()).isTrue();
    assertThat(report.path("succeeded").asInt()).isEqualTo(20);
    assertThat(report.has("billedRequests")).isFalse();

    Matcher data = FOLDER.matcher(told.toString());
    assertThat(data.find()).isTrue();
    Path kept = Path.of(data.group(1));
    assertThat(kept.resolve("simulator")).doesNotExist();
    assertThat(Files.readString(kept.resolve("batcher/batcher.properties")))
        .contains("GEMINI_API_KEY");
    assertThat(filesWith(KEY, kept)).isEmpty();
  }

  private static int demo(StringWriter told, String... words) {
    var here =
        new Surroundings(
            Map.of("GEMINI_API_KEY", KEY),
            Clock.systemUTC(),
            new ByteArrayInputStream(new byte[0]),
            System.out,
            System.err);
    return new CommandLine(new DemoCommand(here)).setOut(new PrintWriter(told)).execute(words);
  }

  private static List<String> commandLines() {
    return ProcessHandle.current()
        .descendants()
        .flatMap(process -> process.info().commandLine().stream())
        .toList();
  }

  private static List<Path> filesWith(String text, Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> contains(file, text)).toList();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
