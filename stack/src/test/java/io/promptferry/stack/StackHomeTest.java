package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackHomeTest {
  private static final String REMEDY = "run `mvn -pl stack -am package`, or start by ./promptferry";

  @TempDir Path folder;

  @Test
  void aHomeThatIsNotSetOrEmptySaysWhatToRun() {
    assertThatThrownBy(() -> StackHome.at(null))
        .isInstanceOf(StackException.class)
        .hasMessage("system property promptferry.stack.home is not set: " + REMEDY);
    assertThatThrownBy(() -> StackHome.at(folder.toString()))
        .isInstanceOf(StackException.class)
        .hasMessage(folder.resolve("broker/class-path") + " is missing: " + REMEDY);
  }

  @Test
  void theBrokersClassPathIsTheListAndNotTheFolder() throws Exception {
    Path broker = Files.createDirectories(folder.resolve("broker"));
    Files.createFile(broker.resolve("left-over-1.jar"));
    Files.writeString(broker.resolve("class-path"), "./a-1.jar:./b-2.jar\n");
    Files.createDirectories(folder.resolve("registry"));
    Files.createFile(folder.resolve("registry/runner.jar"));

    assertThat(StackHome.at(folder.toString()).brokerClassPath())
        .containsExactly(
            broker.resolve("a-1.jar").toString(), broker.resolve("b-2.jar").toString());
  }
}
