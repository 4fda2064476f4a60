package io.promptferry.local.receipts;

import io.promptferry.gemini.price.Dollars;
import io.promptferry.local.dlq.Legible;
import io.promptferry.local.jobs.Columns;
import io.promptferry.local.jobs.Words;
import io.promptferry.records.Cost;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Receipts as a table: a heading and a line each. */
public final class ReceiptTable {

  private static final List<String> HEADING =
      List.of(
          "SETTLED",
          "BATCH",
          "MODEL",
          "ACCOUNT",
          "OK/FAILED/RETRIED",
          "TOKENS IN/OUT",
          "COST",
          "QUEUED",
          "RAN",
          "COLLECTED");

  private ReceiptTable() {}

  /** The lines; none where there are no receipts. */
  public static List<String> lines(List<Receipt> receipts) {
    if (receipts.isEmpty()) {
      return List.of();
    }
    var rows = new ArrayList<List<String>>();
    rows.add(HEADING);
    receipts.forEach(receipt -> rows.add(row(receipt)));
    return Columns.lines(rows);
  }

  private static List<String> row(Receipt receipt) {
    Totals totals = receipt.getTotals();
    ReceiptTimes times = ReceiptTimes.of(receipt);
    return List.of(
        receipt.getSettled()
            ? receipt.getUpdatedAt().truncatedTo(ChronoUnit.SECONDS).toString()
            : "under way",
        receipt.getBatchId(),
        Legible.line(receipt.getModel()),
        Legible.line(receipt.getAccount()),
        numbers(totals.getSucceeded(), totals.getFailed(), totals.getRetried()),
        numbers(totals.getPromptTokens(), out(totals)),
        Optional.ofNullable(receipt.getCost())
            .map(Cost::getBatch)
            .map(ReceiptTable::dollars)
            .orElse("-"),
        ReceiptTimes.text(times.queue()),
        ReceiptTimes.text(times.run()),
        ReceiptTimes.text(times.collect()));
  }

  private static String numbers(long... numbers) {
    var texts = new ArrayList<String>();
    for (long number : numbers) {
      texts.add(Words.number(number));
    }
    return String.join("/", texts);
  }

  /** What is paid as output: thinking too. */
  static long out(Totals totals) {
    return totals.getOutputTokens() + totals.getThinkingTokens();
  }

  /** Millionths of a dollar. */
  static String dollars(long millionths) {
    return Dollars.text(BigDecimal.valueOf(millionths, 6));
  }

  /** How many receipts there are; an end for 'list'. */
  public static String count(int all, int shown) {
    return batches(all)
        + (shown < all ? ", the newest " + Words.number(shown) + " shown; --limit shows more" : "");
  }

  static String batches(long count) {
    return count == 1 ? "1 batch" : Words.number(count) + " batches";
  }
}
