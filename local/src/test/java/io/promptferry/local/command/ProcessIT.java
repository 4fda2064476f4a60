package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
