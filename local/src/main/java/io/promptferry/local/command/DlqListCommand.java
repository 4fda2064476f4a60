package io.promptferry.local.command;

import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.local.dlq.DeadLetters;
import io.promptferry.local.dlq.LetterList;
import java.io.PrintStream;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists dead letters. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    header = "Lists dead letters, the newest last, and counts them by reason.",
    descriptionHeading = "%n",
    description = {
      "One line each: when it was rejected (UTC), the reason, the coordinates of the prompt, its"
          + " key, and what was wrong. The count is of all that match, shown or not.",
      "",
      "Times are those of the rejection. A prompt was sent earlier, by as much as the batcher was"
          + " behind: 'dlq show' tells both. Nothing is marked as read; what comes while it reads is"
          + " left for the next time.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry dlq list --since 2h",
      "  promptferry dlq list --reason BAD_MODEL,NO_MODEL --since 2026-01-31 --until 2026-02-01",
      "  promptferry dlq list --json --limit 100000 | jq -r .prompt",
    })
final class DlqListCommand implements Callable<Integer> {

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final LetterOptions wanted = new LetterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Shows the newest N. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(
      names = "--json",
      description = "One JSON object a line; the count goes to standard error")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public DlqListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "picocli sets it").commandLine(),
          "--limit must be 1 or more");
    }
    try (var letters = DeadLetters.open(connection.config(here.environment()), here.clock())) {
      var filter = wanted.filter(Optional.empty(), here.clock().instant());
      LetterList list = LetterList.read(letters, filter, limit);
      for (DeadLetter letter : list.newest()) {
        here.out().println(json ? letter.json() : LetterLine.of(letter));
      }
      count(list, json ? here.err() : here.out());
    }
    return ExitCode.OK;
  }

  private static void count(LetterList list, PrintStream to) {
    long matched = list.matched();
    int shown = list.newest().size();
    to.println(
        LetterLine.count(matched, "dead letter")
            + (shown < matched ? ", the newest " + shown + " shown; --limit shows more" : "")
            + (matched > 0 ? ":" : ""));
    list.byReason().forEach((reason, count) -> to.println("  " + reason + " " + count));
  }
}
