package io.promptferry.local.command;

import io.promptferry.local.receipts.ReceiptFold;
import io.promptferry.local.receipts.ReceiptJson;
import io.promptferry.local.receipts.ReceiptText;
import io.promptferry.records.Receipt;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one receipt. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    header = "Shows all of one receipt: outcomes, cost, times, reasons of failures, keys.",
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry receipts show 20260131-120000-k3f9x2ab",
      "  promptferry receipts show batches/abc123 --json | jq .totals.failures",
    })
final class ReceiptsShowCommand implements Callable<Integer> {

  private final Surroundings here;

  @Parameters(
      paramLabel = "BATCH|JOB",
      description = "As 'receipts list', 'jobs list' and answers have them")
  private @Nullable String name;

  @Option(names = "--json", description = "One JSON object, costs in millionths of a dollar")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public ReceiptsShowCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    String wanted = Objects.requireNonNull(name, "picocli asks for it");
    ReceiptFold fold = ReceiptFold.whole();
    ReceiptsCommand.read(fold, Optional.empty(), connection.config(here.environment()), here);
    Receipt receipt =
        fold.find(wanted)
            .orElseThrow(
                () ->
                    new CommandException(
                        "no batch and no job that is called "
                            + wanted
                            + " has a receipt: 'promptferry receipts list' shows those that do,"
                            + " 'promptferry jobs show' tells how far a batch is"));
    if (json) {
      here.out().println(ReceiptJson.of(receipt).toPrettyString());
    } else {
      ReceiptText.lines(receipt).forEach(here.out()::println);
    }
    return ExitCode.OK;
  }
}
