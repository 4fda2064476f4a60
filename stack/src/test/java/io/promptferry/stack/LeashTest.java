package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeashTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void aChildDiesWithAParentThatIsKilled() throws Exception {
    ChildProcess parent =
        ChildProcess.start(
            JavaCommand.of("parent", ParentMain.class.getName(), folder).args(folder.toString()));
    try {
      await().atMost(LONG).until(() -> Files.exists(folder.resolve("pid")));
      await().atMost(LONG).until(() -> Files.exists(folder.resolve("running")));
      ProcessHandle child =
          ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("pid")))).orElseThrow();
      assertThat(isRunning(child)).isTrue();

      parent.kill();

      try {
        await().atMost(LONG).until(() -> !isRunning(child));
      } finally {
        child.destroyForcibly();
      }
      // Halted: a broker that died as well cannot hold it up.
      assertThat(folder.resolve("stopping")).doesNotExist();
    } finally {
      parent.kill();
    }
  }

  /** A process that nobody has reaped still counts as alive to Java. */
  private static boolean isRunning(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return process.isAlive() && !stat.contains(") Z ");
    } catch (IOException e) {
      return process.isAlive();
    }
  }
}
