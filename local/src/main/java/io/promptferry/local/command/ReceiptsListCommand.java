package io.promptferry.local.command;

import io.promptferry.local.receipts.ReceiptFold;
import io.promptferry.local.receipts.ReceiptJson;
import io.promptferry.local.receipts.ReceiptTable;
import io.promptferry.records.Receipt;
import java.util.List;
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

/** Lists receipts. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    header = "Lists receipts, the newest last: outcomes, tokens, cost and times of each batch.",
    descriptionHeading = "%n",
    description = {
      "One line each: when it was settled (UTC), batch, model, account, prompts that succeeded,"
          + " failed and were sent round again, tokens, cost (- where no price is published, or not"
          + " settled), and the time from sealed to submitted, to the job's end, to the receipt.",
      "",
      "Nothing is marked as read; what comes while it reads is left for the next time.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry receipts list --since 1d",
      "  promptferry receipts list --limit 100000 --json | jq -r 'select(.cost == null) | .model'",
    })
final class ReceiptsListCommand implements Callable<Integer> {

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Only receipts that were written then or later: " + TimeText.FORMS)
  private @Nullable TimeText since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Shows the newest N. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(
      names = "--json",
      description =
          "One JSON object a line, costs in millionths of a dollar; the count goes to standard"
              + " error")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public ReceiptsListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "picocli sets it").commandLine(),
          "--limit must be 1 or more");
    }
    var from = Optional.ofNullable(since).map(time -> time.from().apply(here.clock().instant()));
    ReceiptFold fold = json ? ReceiptFold.whole() : ReceiptFold.withoutKeys();
    ReceiptsCommand.read(fold, from, connection.config(here.environment()), here);
    List<Receipt> all = fold.receipts(from);
    List<Receipt> newest = all.subList(Math.max(0, all.size() - limit), all.size());
    if (json) {
      newest.forEach(receipt -> here.out().println(ReceiptJson.of(receipt)));
    } else {
      ReceiptTable.lines(newest).forEach(here.out()::println);
    }
    (json ? here.err() : here.out()).println(ReceiptTable.count(all.size(), newest.size()));
    return ExitCode.OK;
  }
}
