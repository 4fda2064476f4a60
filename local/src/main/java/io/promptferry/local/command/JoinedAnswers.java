package io.promptferry.local.command;

import io.promptferry.local.answers.AnswerLines;
import io.promptferry.local.answers.Collecting;
import io.promptferry.local.answers.InputRows;
import io.promptferry.local.client.AnswerTopics;
import io.promptferry.local.client.Answers;
import io.promptferry.local.progress.Meter;
import io.promptferry.local.rows.Input;
import io.promptferry.local.run.ClusterId;
import io.promptferry.local.run.Earlier;
import io.promptferry.local.run.RunState;
import io.promptferry.local.run.StateFile;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.ExitCode;

/**
 * Writes the answers to the rows of an input as they come, each beside its row.
 *
 * @param max ends after so many
 * @param patience ends when none has come for so long
 */
record JoinedAnswers(Surroundings here, SheetOptions sheet, long max, Duration patience) {

  /** Answers bear the collector's clock, a run this machine's. */
  private static final Duration CLOCKS_DIFFER_BY = Duration.ofHours(1);

  /** The answers of a run, those to rows that want another topic included. */
  static Answers answers(ServiceConfig config, RunState state, Set<String> replyTo, Clock clock) {
    var since = new Answers.Since(Instant.parse(state.startedAt()).minus(CLOCKS_DIFFER_BY));
    return Answers.open(config, AnswerTopics.all(config).or(replyTo::contains), since, clock);
  }

  /** The exit code. */
  int write(ServiceConfig config, Input input, OrderlyEnd end) throws IOException {
    StateFile file =
        StateFile.of(input).orElseThrow(() -> new CommandException("--input must name a file"));
    RunState state = state(file, input);
    if (!state.input().equals(input.digest())) {
      throw new CommandException(
          input.name()
              + " was changed since it was sent: restore it, its rows cannot be told apart");
    }
    Optional<String> elsewhere = new Earlier(input, state).elsewhere(ClusterId.of(config));
    if (elsewhere.isPresent()) {
      throw new CommandException(elsewhere.get());
    }
    try (var rows = InputRows.read(input);
        var answers = answers(config, state, rows.replyTo(), here.clock());
        PrintStream out = sheet.open(here)) {
      AnswerLines lines = sheet.format().lines(Optional.of(rows));
      lines.header().ifPresent(out::println);
      var collecting = new Collecting(answers, state.run(), here.clock());
      // While produce still runs, it is not known how many there will be.
      Collecting.Expected expected =
          () -> {
            RunState now = state.complete() ? state : state(file, input);
            return now.complete() ? OptionalInt.of(now.sent()) : OptionalInt.empty();
          };
      boolean complete;
      here.err().println("waiting for the answers to " + input.name() + "; Ctrl-C ends");
      try (Meter meter =
          Meter.of(
              here.terminal().isPresent() && sheet.isFile(),
              here.err(),
              here.clock(),
              "answers",
              0,
              state.complete() ? state.sent() : -1)) {
        complete =
            collecting.collect(
                expected,
                patience,
                () -> end.asked() || out.checkError() || collecting.answered() >= max,
                (row, answer) -> out.println(lines.line(row, answer)),
                meter);
      }
      if (end.asked()) {
        return OrderlyEnd.EXIT_CODE;
      }
      if (complete || collecting.answered() >= max || out.checkError()) {
        return ExitCode.OK;
      }
      OptionalInt all = expected.answers();
      String missing =
          all.isPresent()
              ? "%,d of %,d answers are missing"
                  .formatted(all.getAsInt() - collecting.answered(), all.getAsInt())
              : "%,d answers came, and produce has not finished".formatted(collecting.answered());
      here.err().println(missing + ": nothing came for " + patience.toSeconds() + " s");
      return ExitCode.SOFTWARE;
    }
  }

  private static RunState state(StateFile file, Input input) throws IOException {
    return file.read()
        .orElseThrow(
            () ->
                new CommandException(
                    "%s was not sent from here, for there is no %s: send it with promptferry produce"
                        .formatted(input.name(), file.path().getFileName())));
  }
}
