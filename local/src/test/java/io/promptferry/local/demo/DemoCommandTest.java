package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.command.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is refused before anything is started. */
class DemoCommandTest {

  private final StringWriter told = new StringWriter();

  @Test
  void refusesNoPromptsAndTooMany() {
    assertThat(execute("--prompts", "0")).isEqualTo(2);
    assertThat(told.toString()).startsWith("--prompts must be 1 to 200000, not 0");
    assertThat(execute("--prompts", "200001")).isEqualTo(2);
  }

  @Test
  void refusesToWaitForNothing() {
    assertThat(execute("--patience", "0")).isEqualTo(2);
  }

  @Test
  void refusesAReportThatCouldNotBeWritten(@TempDir Path folder) {
    String file = folder.resolve("missing").resolve("report.json").toString();
    assertThat(execute("--json", file)).isEqualTo(2);
    assertThat(told.toString()).startsWith("cannot write to " + file);
    assertThat(execute("--json", folder.toString())).isEqualTo(2);
  }

  private int execute(String... arguments) {
    var here =
        new Surroundings(
            Map.of(),
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
            new ByteArrayInputStream(new byte[0]),
            System.out,
            System.err);
    return new CommandLine(new DemoCommand(here)).setErr(new PrintWriter(told)).execute(arguments);
  }
}
