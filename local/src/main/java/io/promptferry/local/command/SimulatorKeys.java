package io.promptferry.local.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The keys that are valid at the simulator, named or in a file. */
final class SimulatorKeys {

  @Option(
      names = {"--keys", "--api-key"},
      paramLabel = "KEY",
      split = ",",
      description = "The keys that are valid, each a project of its own. Default: simulator")
  private List<String> keys = List.of();

  @Option(
      names = "--keys-file",
      paramLabel = "FILE",
      description = "They stand in this file, one a line")
  private @Nullable Path file;

  /**
   * At least one.
   *
   * @throws IOException when the file cannot be read; one line that says what to do
   */
  List<String> values() throws IOException {
    if (file == null) {
      return keys.isEmpty() ? List.of("simulator") : keys;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file + " to read keys from", e);
    }
    List<String> found = lines.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (found.isEmpty()) {
      throw new IOException("there is no key in " + file + ": write one a line");
    }
    return found;
  }
}
