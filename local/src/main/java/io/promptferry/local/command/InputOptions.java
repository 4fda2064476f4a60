package io.promptferry.local.command;

import io.promptferry.local.rows.BadInputException;
import io.promptferry.local.rows.Input;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which rows are sent. */
final class InputOptions {

  @Option(
      names = {"--input", "--file"},
      required = true,
      paramLabel = "FILE",
      description =
          "A file in UTF-8, or a folder of texts or images; of produce also -, for standard input")
  private String name = Input.STANDARD_INPUT;

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description =
          "One of ${COMPLETION-CANDIDATES}. Default: by the name: .csv is CSV with a header, a"
              + " folder a folder, all else a JSON object a line")
  private Input.@Nullable Form form;

  Input input() throws BadInputException {
    return Input.of(name, form);
  }
}
