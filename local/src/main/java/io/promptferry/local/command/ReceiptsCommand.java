package io.promptferry.local.command;

import io.promptferry.local.receipts.ReceiptFold;
import io.promptferry.local.receipts.ReceiptTopic;
import io.promptferry.runtime.config.ServiceConfig;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;

/** What can be done with receipts. */
@Command(
    name = "receipts",
    mixinStandardHelpOptions = true,
    header = "What batches came to and cost: 'receipts list', 'show', 'total'.",
    descriptionHeading = "%n",
    description = {
      "The collector writes a receipt for every batch: outcomes, tokens, cost, times. Until the"
          + " batch is settled it is under way and has no cost; the last receipt of a batch counts.",
      "",
      "Costs are by published prices, as of the day that the receipt bears; the provider's bill is"
          + " what counts. Thinking is paid as output and in the tokens out.",
    },
    commandListHeading = "%n@|bold Commands|@%n",
    optionListHeading = "%n@|bold Options|@%n",
    subcommands = {
      ReceiptsListCommand.class,
      ReceiptsShowCommand.class,
      ReceiptsTotalCommand.class
    })
final class ReceiptsCommand {

  /** Adds the receipts that are there now. */
  static void read(
      ReceiptFold fold, Optional<Instant> since, ServiceConfig config, Surroundings here) {
    try (var topic = ReceiptTopic.open(config, here.clock(), here.err()::println)) {
      topic.read(since, fold);
    }
  }
}
