package io.promptferry.local.command;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.receipts.By;
import io.promptferry.local.receipts.ReceiptFold;
import io.promptferry.local.receipts.SumJson;
import io.promptferry.local.receipts.SumTable;
import io.promptferry.local.receipts.Sums;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sums receipts. */
@Command(
    name = "total",
    mixinStandardHelpOptions = true,
    header = "Sums receipts: what was spent, and what single calls would have cost.",
    descriptionHeading = "%n",
    description = {
      "One line each: batches, prompts answered (one that was sent round again counts where it was"
          + " answered), of them failed, those sent round again, tokens, cost, what the same tokens"
          + " would have cost one by one, and what was saved. Then the total.",
      "",
      "Prompts that never entered a batch, since they were refused before, are in no receipt: 'dlq"
          + " list' has them. Only settled batches: those under way are counted below. So are those without a published"
          + " price, whose tokens are in the sums and whose cost is not.",
      "",
      "A batch holds many keys. Its cost is shared among them by their tokens, output weighing more"
          + " than input as its price does; a batch counts for each key that it holds. Keys are told"
          + " apart by what receipt.key.pattern finds in them, at most receipt.keys.max a batch;"
          + " the rest, and keys that are empty or missing, are (others). A batch's cost is rounded to"
          + " a millionth of a dollar.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry receipts total --since 7d --by day,model",
      "  promptferry receipts total --by key --key-prefix billing",
      "  promptferry receipts total --json | jq 'select(.total).costUsd'",
    })
final class ReceiptsTotalCommand implements Callable<Integer> {

  private final Surroundings here;

  @Option(
      names = "--by",
      paramLabel = "W",
      split = ",",
      splitSynopsisLabel = ",",
      description = "A line for each model, key, day (settled, UTC) or account. Default: model")
  private List<By> by = List.of(By.MODEL);

  @Option(
      names = "--key-prefix",
      paramLabel = "TEXT",
      description = "Only keys that begin so, as far as receipts tell them apart")
  private @Nullable String keyPrefix;

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Only batches that were settled then or later: " + TimeText.FORMS)
  private @Nullable TimeText since;

  @Option(
      names = "--json",
      description =
          "One JSON object a line, costs in dollars, the last one with \"total\":true; what is left"
              + " out goes to standard error too")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public ReceiptsTotalCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var from = Optional.ofNullable(since).map(time -> time.from().apply(here.clock().instant()));
    Optional<String> prefix = Optional.ofNullable(keyPrefix);
    List<By> groups = by.stream().distinct().toList();
    ReceiptFold fold =
        Sums.needKeys(groups, prefix) ? ReceiptFold.whole() : ReceiptFold.withoutKeys();
    ReceiptsCommand.read(fold, from, connection.config(here.environment()), here);
    Sums sums = Sums.of(fold.receipts(from), groups, prefix, Prices.shipped());
    if (json) {
      SumJson.of(sums).forEach(here.out()::println);
    } else {
      SumTable.lines(sums).forEach(here.out()::println);
    }
    SumTable.notes(sums).forEach((json ? here.err() : here.out())::println);
    return ExitCode.OK;
  }
}
