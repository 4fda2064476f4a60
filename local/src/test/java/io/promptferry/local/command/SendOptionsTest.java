package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.rows.Input;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SendOptionsTest {

  @Command(name = "tool")
  private static final class Tool {
    @Mixin private final SendOptions send = new SendOptions();
  }

  @TempDir Path folder;

  @Test
  void whatAgainBeganGoesOnWithoutIt() throws Exception {
    Input file = Input.of(Files.writeString(folder.resolve("a.csv"), "a\n").toString(), null);
    assertThat(ProduceCommand.brokenOff(file, options()))
        .isEqualTo("broken off; the same command goes on where it was");
    assertThat(ProduceCommand.brokenOff(file, options("--again")))
        .isEqualTo("broken off; the same command without --again goes on where it was");
  }

  private static SendOptions options(String... words) {
    var tool = new Tool();
    new CommandLine(tool).parseArgs(words);
    return tool.send;
  }
}
