package io.promptferry.local.receipts;

import io.promptferry.gemini.price.Dollars;
import io.promptferry.gemini.price.Prices;
import io.promptferry.local.dlq.Legible;
import io.promptferry.local.jobs.Columns;
import io.promptferry.local.jobs.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sums as a table: a heading, a line each, the total, and what is not in it. */
public final class SumTable {

  static final String OTHERS = "(others)";

  private static final int VALUE_SHOWN = 60;

  private static final List<String> HEADING =
      List.of(
          "BATCHES",
          "PROMPTS",
          "FAILED",
          "RETRIED",
          "TOKENS IN",
          "TOKENS OUT",
          "COST",
          "INTERACTIVE",
          "SAVED");

  private SumTable() {}

  /** The table, without what is not in it. */
  public static List<String> lines(Sums sums) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        row(sums.by().stream().map(by -> by.label().toUpperCase(Locale.ROOT)).toList(), HEADING));
    sums.groups()
        .forEach(
            (group, sum) ->
                rows.add(row(group.stream().map(SumTable::value).toList(), cells(sum))));
    var total = new ArrayList<String>();
    sums.by().forEach(by -> total.add(total.isEmpty() ? "total" : ""));
    rows.add(row(total, cells(sums.total())));
    return Columns.lines(rows);
  }

  /** What the sums leave out; a line each. */
  public static List<String> notes(Sums sums) {
    var notes = new ArrayList<String>();
    int unpriced = sums.total().unpriced();
    if (unpriced > 0) {
      notes.add(
          ReceiptTable.batches(unpriced)
              + " without a published price: their tokens are in the sums, their cost is not");
    }
    if (sums.underWay() > 0) {
      notes.add(ReceiptTable.batches(sums.underWay()) + " under way: not in the sums");
    }
    if (sums.nameless() > 0) {
      notes.add(
          Words.number(sums.nameless())
              + " answered prompts of keys past receipt.keys.max: not in the sums, as receipts do"
              + " not say how their keys begin");
    }
    return notes;
  }

  /** In a few words: what was spent, what single calls would have cost, and by which prices. */
  public static String cost(Sums sums, Prices prices) {
    Sum total = sums.total();
    if (!priced(total)) {
      return "unknown: the model has no published price";
    }
    return "%s in batches, %s one by one: %s saved, by the receipts and prices of %s"
        .formatted(
            Dollars.text(total.money().batch()),
            Dollars.text(total.money().interactive()),
            Dollars.text(total.money().saved()),
            prices.asOf());
  }

  private static boolean priced(Sum sum) {
    return sum.unpriced() < sum.batches() || sum.batches() == 0;
  }

  private static List<String> row(List<String> first, List<String> then) {
    var row = new ArrayList<>(first);
    row.addAll(then);
    return row;
  }

  private static String value(Optional<String> value) {
    return value.map(text -> Legible.line(text, VALUE_SHOWN)).orElse(OTHERS);
  }

  private static List<String> cells(Sum sum) {
    boolean priced = priced(sum);
    Money money = sum.money();
    return List.of(
        Words.number(sum.batches()),
        Words.number(sum.prompts()),
        Words.number(sum.failed()),
        Words.number(sum.retried()),
        Words.number(sum.tokensIn()),
        Words.number(sum.tokensOut()),
        priced ? Dollars.text(money.batch()) : "-",
        priced ? Dollars.text(money.interactive()) : "-",
        priced ? Dollars.text(money.saved()) : "-");
  }
}
