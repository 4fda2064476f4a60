package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.command.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as it is typed, on a real broker. */
class DemoCommandIT {

  private static final Pattern FOLDER = Pattern.compile("Data, configurations and logs: (.*)");

  @Test
  void everyPromptIsAnsweredAndOnlyTheLogsAreLeft(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("report.json");
    var told = new StringWriter();
    var here =
        new Surroundings(
            // A key alone is no reason to go to Google.
            Map.of("GEMINI_API_KEY", "AIza-not-to-be-used"),
            Clock.systemUTC(),
            new ByteArrayInputStream(new byte[0]),
            System.out,
            System.err);
    int code =
        new CommandLine(new DemoCommand(here))
            .setOut(new PrintWriter(told))
            .execute("--prompts", "90", "--json", json.toString());

    assertThat(code).as("%s", told).isZero();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    for (String figure : new String[] {"prompts", "answers", "succeeded", "billedRequests"}) {
      assertThat(report.path(figure).asLong()).as(figure).isEqualTo(90);
    }
    for (String figure : new String[] {"failed", "missing", "duplicates", "misattributed"}) {
      assertThat(report.path(figure).asLong(-1)).as(figure).isZero();
    }
    assertThat(report.path("batches").asInt()).isEqualTo(report.path("jobs").asInt()).isPositive();
    assertThat(report.path("responseTopics").asInt()).isGreaterThan(30);
    assertThat(told.toString())
        .contains(
            "90 prompts, each with exactly one right answer and one bill.",
            "published 90 of 90, batches sealed",
            "answers 90 of 90",
            "on topic responses.George-20Washington");
    Matcher data = FOLDER.matcher(told.toString());
    assertThat(data.find()).isTrue();
    try (Stream<Path> left = Files.walk(Path.of(data.group(1)))) {
      assertThat(left.filter(Files::isRegularFile))
          .hasSize(6)
          .allSatisfy(log -> assertThat(told.toString()).contains("Log: " + log));
    }
  }
}
