package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void passesArgumentsAndOnlyTheGivenEnvironment() throws Exception {
    ChildProcess child =
        ChildProcess.start(
            echo().args("one", "two words", "$HOME").environment(Map.of("PROMPTFERRY_X", "y z")));
    assertThat(child.awaitExit(LONG)).isTrue();

    assertThat(child.exitValue()).hasValue(0);
    assertThat(Files.readAllLines(child.log()))
        .contains("args [one, two words, $HOME]", "env PROMPTFERRY_X=y z")
        .filteredOn(line -> line.startsWith("env "))
        .extracting(line -> line.substring(4, line.indexOf('=')))
        .contains("PATH")
        .isSubsetOf(
            // The last five are the shell's own.
            "PROMPTFERRY_X PATH HOME LANG LC_ALL TZ TMPDIR JAVA_HOME PWD OLDPWD SHLVL _ _AST_FEATURES"
                .split(" "));
  }

  @Test
  void keepsTheLogOfAnEarlierRun() throws Exception {
    for (String run : new String[] {"first", "second"}) {
      ChildProcess child = ChildProcess.start(echo().args(run));
      assertThat(child.awaitExit(LONG)).isTrue();
    }
    assertThat(folder.resolve("echo.log")).content().contains("args [first]", "args [second]");
  }

  @Test
  void aMainThatThrowsEndsTheChildAndLeavesItsTraceInTheLog() throws Exception {
    ChildProcess child = ChildProcess.start(echo().args("fail"));
    assertThat(child.awaitExit(LONG)).isTrue();

    assertThat(child.exitValue()).hasValue(1);
    assertThat(child.log()).content().contains("IllegalStateException: told to fail");
  }

  @Test
  void terminateLetsShutdownHooksEnd() throws Exception {
    try (ChildProcess child = runningHook()) {
      CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> child.terminate(LONG));
      await().atMost(LONG).until(() -> Files.exists(folder.resolve("stopping")));
      assertThat(child.isAlive()).isTrue();
      Files.createFile(folder.resolve("go"));
      stop.get(30, TimeUnit.SECONDS);

      assertThat(folder.resolve("stopped")).exists();
      assertThat(child.exitValue()).hasValue(143);
    }
  }

  @Test
  void terminateKillsWhenItsPatienceEnds() {
    try (ChildProcess child = runningHook()) {
      child.terminate(Duration.ofMillis(300));
      assertThat(child.exitValue()).hasValue(137);
    }
  }

  @Test
  void killLeavesNoTimeForHooks() {
    try (ChildProcess child = runningHook()) {
      assertThat(child.exitValue()).isEmpty();
      child.kill();
      assertThat(child.isAlive()).isFalse();
      assertThat(child.exitValue()).hasValue(137);
      assertThat(folder.resolve("stopping")).doesNotExist();
    }
  }

  @Test
  void ctrlCIsLeftToTheParent() throws Exception {
    try (ChildProcess child = runningHook()) {
      Files.createFile(folder.resolve("go"));
      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
      child.terminate(LONG);
      // 130 had the interrupt, which came first, ended it.
      assertThat(child.exitValue()).hasValue(143);
    }
  }

  @Test
  void awaitReadyTellsOfAChildThatEnded() {
    ChildProcess child = ChildProcess.start(echo().args("fail"));
    assertThatThrownBy(() -> child.awaitReady(() -> false, LONG))
        .isInstanceOf(StackException.class)
        .hasMessageStartingWith(
            "echo ended with exit code 1 before it answered, see " + child.log());
  }

  @Test
  void awaitReadyKillsAChildThatTakesTooLong() {
    try (ChildProcess child = runningHook()) {
      assertThatThrownBy(() -> child.awaitReady(() -> false, Duration.ofSeconds(1)))
          .isInstanceOf(StackException.class)
          .hasMessage("hook did not start within 1 s, see " + child.log());
      assertThat(child.isAlive()).isFalse();
    }
  }

  private JavaCommand echo() {
    return JavaCommand.of("echo", EchoMain.class.getName(), folder);
  }

  private ChildProcess runningHook() {
    ChildProcess child =
        ChildProcess.start(
            JavaCommand.of("hook", HookMain.class.getName(), folder).args(folder.toString()));
    child.awaitReady(() -> Files.exists(folder.resolve("running")), LONG);
    return child;
  }
}
