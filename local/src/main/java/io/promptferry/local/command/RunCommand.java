package io.promptferry.local.command;

import io.promptferry.local.answers.AnswerFormat;
import io.promptferry.local.answers.Collecting;
import io.promptferry.local.answers.InputRows;
import io.promptferry.local.answers.OrderedSheet;
import io.promptferry.local.client.Answers;
import io.promptferry.local.progress.Meter;
import io.promptferry.local.rows.Input;
import io.promptferry.local.run.Run;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a file answered. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    header = "Has a file answered: produce and consume in one.",
    descriptionHeading = "%n",
    description = {
      "Sends the rows, waits for all answers, and writes them behind the columns of their rows:"
          + " answer_text, answer_status, answer_error (the reason, of docs/reasons.md) and the tokens.",
      "",
      "The output has the rows of the input, every one and in its order, so that the two can be laid side"
          + " by side. A row that was not sent, or has no answer yet when --timeout ends it, stands there with"
          + " empty answer columns; in JSONL, with \"answer\":null. There \"input\" is the row: of a JSONL"
          + " input the object itself, else its columns. One that could not be read has its \"text\" beside it.",
      "",
      "The output is written when all answers are there: never half a file. For answers as they come:"
          + " produce, then consume --input.",
      "",
      "Broken off, also by kill -9, the same command goes on: no row is sent twice, and answers that came"
          + " before are read again from their topics, which keep them. promptferry produce --help says how"
          + " rows become prompts, and what becomes of bad ones.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry run --input examples/reviews/reviews.csv --prompt 'Summarise in one line: {review}' \\",
      "    --key '{product}' --output answers.csv",
      "  promptferry run --input photos/ --prompt 'What does this show?' --output answers.jsonl",
      "",
      "Exit code: 0 when every row was sent and answered (answer_status says how), else 1.",
    })
final class RunCommand implements Callable<Integer> {

  private final Surroundings here;

  @Mixin private final InputOptions input = new InputOptions();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Where the answers go; what was there is replaced")
  private Path output = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "One of ${COMPLETION-CANDIDATES}. Default: by the output's name: .csv is CSV, all else JSONL")
  private @Nullable AnswerFormat format;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "Write all rows, with the answers that are there, and fail, when none has come for so long."
              + " Default: 50h, since a job may take 48")
  private Duration timeout = ConsumeCommand.LONGEST_JOB;

  @Mixin private final SendOptions send = new SendOptions();

  @Mixin private final Connection connection = new Connection();

  public RunCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Input rows = input.input();
    ServiceConfig config = connection.config(here.environment());
    AnswerFormat.of(format, output.toString()).check(rows);
    if (send.dryRun()) {
      return ProduceCommand.dryRun(here, config, rows, send);
    }
    refuseBadFiles(rows);
    try (var end = OrderlyEnd.ofThisThread()) {
      try {
        Run.Result sent = send.send(here, config, rows, "going on to their answers");
        boolean answered = collect(config, rows, sent, end);
        if (end.asked()) {
          here.err().println(ProduceCommand.brokenOff(rows, send));
          return OrderlyEnd.EXIT_CODE;
        }
        return answered && sent.bad() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
      } catch (InterruptException | ClosedByInterruptException e) {
        if (!end.asked()) {
          throw e;
        }
        here.err().println(ProduceCommand.brokenOff(rows, send));
        return OrderlyEnd.EXIT_CODE;
      }
    }
  }

  private boolean collect(ServiceConfig config, Input rows, Run.Result sent, OrderlyEnd end)
      throws IOException {
    int all = sent.state().sent();
    try (var columns = InputRows.read(rows);
        var sheet = new OrderedSheet(columns, AnswerFormat.of(format, output.toString()));
        Answers answers =
            JoinedAnswers.answers(config, sent.state(), columns.replyTo(), here.clock())) {
      here.err()
          .println(
              "rows sent: %,d; waiting for their answers, which may take hours; Ctrl-C ends, and %s goes on"
                  .formatted(all, send.sameCommand()));
      var collecting = new Collecting(answers, sent.state().run(), here.clock());
      boolean complete;
      try (Meter meter =
          Meter.of(here.terminal().isPresent(), here.err(), here.clock(), "answers", 0, all)) {
        complete = collecting.collect(() -> OptionalInt.of(all), timeout, end::asked, sheet, meter);
      }
      if (!end.asked()) {
        sheet.write(output);
        String what = outcome(rows, sent, collecting.answered(), complete);
        (complete ? here.out() : here.err()).println(what);
      }
      return complete;
    }
  }

  private String outcome(Input rows, Run.Result sent, int answered, boolean complete) {
    int all = sent.state().sent();
    var what = new StringBuilder("%,d of %,d answers in %s".formatted(answered, all, output));
    if (sent.bad() > 0) {
      // Of an earlier run, somebody may have cleared it away.
      Optional<Path> reasons = send.badRows(rows).filter(Files::exists);
      what.append("; %,d more rows have none there, for they were not sent".formatted(sent.bad()))
          .append(reasons.map(file -> ": see " + file).orElse(""));
    }
    if (!complete) {
      what.append(
          "; %,d are missing, and none came for %d s: %s waits again"
              .formatted(all - answered, timeout.toSeconds(), send.sameCommand()));
    }
    return what.toString();
  }

  private void refuseBadFiles(Input rows) throws IOException {
    Path in =
        rows.path()
            .orElseThrow(
                () ->
                    new CommandException(
                        "run needs a file or a folder, which it can read again: use produce --input -"));
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(output)) {
      throw new CommandException(
          "cannot write to " + output + ": name a file in a folder that exists");
    }
    if (Files.exists(output) && Files.isSameFile(in, output)) {
      throw new CommandException("--output is the input itself: name another file");
    }
    if (Files.isDirectory(in)
        && output.toAbsolutePath().normalize().startsWith(in.toAbsolutePath().normalize())) {
      throw new CommandException(
          "--output stands in the folder that is read, and would be a row of it: name another");
    }
  }
}
