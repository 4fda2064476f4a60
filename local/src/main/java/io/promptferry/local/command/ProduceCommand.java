package io.promptferry.local.command;

import io.promptferry.local.client.PromptSender;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends prompts from a file. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    header = "Sends prompts from a file, one JSON object a line.",
    descriptionHeading = "%n",
    description = {
      "The fields are those of PromptEvent, and key: the Kafka key, which the answer's topic is"
          + " named after, and headers: of the record. prompt is required, the rest is optional:",
      "",
      "  {\"key\":\"reviews\", \"id\":\"r-1\", \"prompt\":\"Summarise: ...\", \"system\":\"Be brief.\",",
      "   \"model\":\"gemini-2.5-flash\", \"responseJsonSchema\":{\"type\":\"object\"},",
      "   \"generation\":{\"temperature\":0.2, \"maxOutputTokens\":200},",
      "   \"attributes\":{\"order\":\"17\"}, \"deadline\":\"2026-12-31T23:59:59Z\",",
      "   \"headers\":{\"tenant\":\"acme\"}}",
      "",
      "Stops at the first line that is not good, says which and why, and how many went before it.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry produce --file prompts.jsonl",
      "  echo '{\"key\":\"me\",\"prompt\":\"Say hello.\"}' | promptferry produce --file -",
      "  tail -n +7 prompts.jsonl | promptferry produce --file -     from line 7 on",
      "",
      "Then: promptferry consume --from-beginning",
    })
final class ProduceCommand implements Callable<Integer> {

  private static final String STANDARD_INPUT = "-";
  private static final int PROBLEMS_SHOWN = 20;

  private final Surroundings here;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "The file, UTF-8; - is standard input")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "The topic to send to. Default: prompts, or the first of prompts.topics")
  private @Nullable String topic;

  @Mixin private final Connection connection = new Connection();

  public ProduceCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    try (BufferedReader lines = open();
        var sender =
            PromptSender.connect(
                connection.config(here.environment()), Optional.ofNullable(topic), here.clock())) {
      return tell(sender.send(lines));
    }
  }

  private BufferedReader open() throws IOException {
    try {
      // A decoder of its own complains of what is not UTF-8, where others would send U+FFFD.
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      return new BufferedReader(
          new InputStreamReader(
              file.equals(STANDARD_INPUT) ? here.in() : Files.newInputStream(Path.of(file)),
              decoder));
    } catch (NoSuchFileException e) {
      throw new CommandException("there is no file " + file, e);
    }
  }

  private int tell(PromptSender.Result result) {
    if (result.problems().isEmpty()) {
      here.out().println("prompts sent: " + result.sent());
      return ExitCode.OK;
    }
    result.problems().stream()
        .limit(PROBLEMS_SHOWN)
        .forEach(
            problem -> here.err().println("line " + problem.line() + ": " + problem.message()));
    here.err()
        .printf(
            "prompts sent: %d; not sent: the lines named above, and all after line %d. Mend those lines"
                + " and send only what was not sent%n",
            result.sent(), result.lastLine());
    return ExitCode.SOFTWARE;
  }
}
