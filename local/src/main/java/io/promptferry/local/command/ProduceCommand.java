package io.promptferry.local.command;

import io.promptferry.local.rows.Input;
import io.promptferry.local.run.Run;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Sends prompts from files, folders or standard input. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    header = "Sends prompts: a row of CSV, a line of JSON or a file of a folder makes one.",
    descriptionHeading = "%n",
    description = {
      "With --prompt, the columns of a row (of JSON: the fields of the object; of a folder: file, name"
          + " and text) are put into templates. An image goes along behind the prompt, and so does a"
          + " text that the prompt does not name as {text}.",
      "",
      "Without --prompt, a line of JSON holds the fields of PromptEvent, and key: the Kafka key, which"
          + " the answer's topic is named after, and headers: of the record. prompt is required:",
      "",
      "  {\"key\":\"reviews\", \"id\":\"r-1\", \"prompt\":\"Summarise: ...\", \"system\":\"Be brief.\",",
      "   \"model\":\"gemini-2.5-flash\", \"responseJsonSchema\":{\"type\":\"object\"},",
      "   \"generation\":{\"temperature\":0.2, \"maxOutputTokens\":200},",
      "   \"attributes\":{\"order\":\"17\"}, \"deadline\":\"2026-12-31T23:59:59Z\",",
      "   \"headers\":{\"tenant\":\"acme\"}}",
      "",
      "Broken off by Ctrl-C, kill -9 or anything else, the same command goes on: a small file beside the"
          + " input, FILE.promptferry.json, names the run, and the topic is asked which of its rows it"
          + " has. So none is lost or doubled. Standard input cannot be read again, and has no such file.",
      "",
      "Rows that make no good prompt are left out, told, and written to FILE.bad.jsonl with their line"
          + " and the reason; the rest is sent, and the exit code is 1. A row of which all columns that"
          + " --prompt names are empty is such a one.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry produce --input prompts.jsonl",
      "  promptferry produce --input reviews.csv --prompt 'Summarise in one line: {review}' --key"
          + " '{product}'",
      "  promptferry produce --input photos/ --prompt 'What does this show?' --dry-run",
      "  echo '{\"key\":\"me\",\"prompt\":\"Say hello.\"}' | promptferry produce --input -",
      "",
      "Then: promptferry consume --from-beginning, or consume --input reviews.csv --output answers.csv",
    })
final class ProduceCommand implements Callable<Integer> {

  private static final String USUAL_MODEL = "prompt.default.model";

  private final Surroundings here;

  @Mixin private final InputOptions input = new InputOptions();

  @Mixin private final SendOptions send = new SendOptions();

  @Mixin private final Connection connection = new Connection();

  public ProduceCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Input rows = input.input();
    ServiceConfig config = connection.config(here.environment());
    if (send.dryRun()) {
      return dryRun(here, config, rows, send);
    }
    try (var end = OrderlyEnd.ofThisThread()) {
      try {
        Run.Result result = send.send(here, config, rows, SendOptions.AGAIN);
        here.out().println("prompts sent: " + result.sent());
        return result.bad() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
      } catch (InterruptException | ClosedByInterruptException e) {
        if (!end.asked()) {
          throw e;
        }
        here.err().println(brokenOff(rows, send));
        return OrderlyEnd.EXIT_CODE;
      }
    }
  }

  static int dryRun(Surroundings here, ServiceConfig config, Input rows, SendOptions send)
      throws IOException {
    String configured = config.getString(USUAL_MODEL);
    String model = configured.isBlank() ? StackSettings.defaults(Path.of("")).model() : configured;
    long bad = new DryRun(here, model).show(rows, send.form(rows));
    Optional<DryRun.Standing> standing = send.standing(rows);
    standing.ifPresent(of -> here.out().println(of.told()));
    return bad == 0 && standing.map(DryRun.Standing::good).orElse(true)
        ? ExitCode.OK
        : ExitCode.SOFTWARE;
  }

  static String brokenOff(Input rows, SendOptions send) {
    return rows.path().isPresent()
        ? "broken off; " + send.sameCommand() + " goes on where it was"
        : "broken off; rows of standard input that were not sent yet are lost";
  }
}
