package io.promptferry.local.command;

import io.promptferry.local.answers.AnswerFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where answers go as they come, and how. */
final class SheetOptions {

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where they go; what was there is replaced. Default: standard output")
  private @Nullable String output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "One of ${COMPLETION-CANDIDATES}. Default: by the output's name: .csv is CSV, all else JSONL")
  private @Nullable AnswerFormat format;

  AnswerFormat format() {
    return AnswerFormat.of(format, output);
  }

  boolean isFile() {
    return output != null;
  }

  /** Closed by its user; standard output survives that. */
  PrintStream open(Surroundings here) throws IOException {
    return output == null
        ? new PrintStream(here.out(), true, StandardCharsets.UTF_8) {
          @Override
          public void close() {
            flush();
          }

          @Override
          public boolean checkError() {
            // The stream below notes an error, and does not throw it.
            return super.checkError() || here.out().checkError();
          }
        }
        : new PrintStream(Files.newOutputStream(Path.of(output)), true, StandardCharsets.UTF_8);
  }
}
