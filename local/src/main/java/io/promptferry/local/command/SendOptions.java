package io.promptferry.local.command;

import io.promptferry.local.client.Setup;
import io.promptferry.local.progress.Meter;
import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import io.promptferry.local.run.Earlier;
import io.promptferry.local.run.Run;
import io.promptferry.local.run.Sending;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which rows are sent, and the sending of them. */
final class SendOptions {

  private static final String BAD_ROWS = ".bad.jsonl";

  /** Said where a file was sent whole. */
  static final String AGAIN = "--again sends them a second time";

  private static final int MOST_ROWS = 10_000;

  @Mixin private final PromptOptions prompts = new PromptOptions();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "The topic to send to. Default: prompts, or the first of prompts.topics")
  private @Nullable String topic;

  @Option(
      names = "--bad-rows",
      paramLabel = "FILE",
      description =
          "Where rows go that are not sent, each with its line and the reason. Default: the input's"
              + " name and .bad.jsonl; of standard input they are only told")
  private @Nullable Path bad;

  @Option(
      names = "--again",
      description =
          "Send all rows as a new run, also those that an earlier one has sent. Say it once: if that run is"
              + " broken off, the command without --again goes on with it; with it, all is sent anew")
  private boolean again;

  @Option(
      names = "--dry-run",
      description = "Send nothing: show the first prompts, the tokens and the price, estimated")
  private boolean dryRun;

  @Option(
      names = "--rows-per-transaction",
      paramLabel = "N",
      hidden = true,
      description = "The most rows that are sent at once. Default: 500")
  private int rowsPerTransaction = 500;

  boolean dryRun() {
    return dryRun;
  }

  /** What goes on with this run, once it has begun. */
  String sameCommand() {
    return again ? "the same command without --again" : "the same command";
  }

  /** What would become of the rows, as far as that can be told without a cluster. */
  Optional<DryRun.Standing> standing(Input input) throws IOException {
    Optional<Earlier> earlier = again ? Optional.empty() : Earlier.of(input);
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> differs = earlier.get().differs(form(input));
    if (differs.isPresent()) {
      return Optional.of(new DryRun.Standing(false, "would be refused: " + differs.get()));
    }
    return Optional.of(
        new DryRun.Standing(
            true,
            earlier.get().state().complete()
                ? earlier.get().sentBefore() + ": nothing would be sent; " + AGAIN
                : "run %s, begun at %s, would go on: rows that it has sent are not sent again"
                    .formatted(earlier.get().state().run(), earlier.get().state().startedAt())));
  }

  PromptForm form(Input input) throws IOException {
    return prompts.form(input);
  }

  /** Where rows go that are not sent; empty: they are only told. */
  Optional<Path> badRows(Input input) {
    return bad == null ? input.beside(BAD_ROWS) : Optional.of(bad.toAbsolutePath());
  }

  /**
   * Sends what is not there yet, and tells on standard error how far it has come.
   *
   * @param sentBefore what else is told where all was there already
   */
  Run.Result send(Surroundings here, ServiceConfig config, Input input, String sentBefore)
      throws IOException {
    if (rowsPerTransaction < 1 || rowsPerTransaction > MOST_ROWS) {
      throw new CommandException("--rows-per-transaction must be 1 to " + MOST_ROWS);
    }
    var sending =
        new Sending(
            here.in(),
            Setup.serdes(config).serializer(PromptEvent.class),
            here.clock(),
            (before, all) ->
                Meter.of(
                    here.terminal().isPresent(),
                    here.err(),
                    here.clock(),
                    "rows sent",
                    before,
                    all));
    var run = new Run(config, here.clock(), here.err()::println, sending);
    Optional<Path> badRows = badRows(input);
    Run.Result result =
        run.send(
            new Run.Order(
                input,
                form(input),
                Optional.ofNullable(topic),
                badRows,
                again,
                rowsPerTransaction));
    if (result.state().sent() == 0 && result.bad() == 0) {
      throw input.noRows();
    }
    if (result.sentBefore()) {
      here.err().println(new Earlier(input, result.state()).sentBefore() + "; " + sentBefore);
    }
    if (result.bad() > 0) {
      here.err()
          .println(
              "rows not sent: "
                  + result.bad()
                  + badRows
                      .map(
                          file ->
                              "; see " + file + ", mend them, and send them as a file of their own")
                      .orElse(""));
    }
    return result;
  }
}
