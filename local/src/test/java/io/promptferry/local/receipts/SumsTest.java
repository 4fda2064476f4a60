package io.promptferry.local.receipts;

import static io.promptferry.local.receipts.Made.DAY;
import static io.promptferry.local.receipts.Made.cost;
import static io.promptferry.local.receipts.Made.key;
import static io.promptferry.local.receipts.Made.settled;
import static io.promptferry.local.receipts.Made.totals;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.gemini.price.Prices;
import io.promptferry.local.jobs.Batches;
import io.promptferry.records.Receipt;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SumsTest {

  /** One token of output weighs as much as 2.5 / 0.3 of input. */
  private final Receipt first =
      settled(
          "a",
          0,
          totals(10, 2, 3000, 300),
          cost(600_000),
          key("shop", 6, 2500, 0),
          key("ship", 3, 0, 300),
          key(null, 3, 500, 0));

  private final Receipt second =
      settled("b", DAY, totals(5, 0, 100, 10), cost(400_000), key("shop", 5, 100, 10));

  private final Receipt unpriced = settled("c", DAY, totals(1, 0, 7, 7), null);

  @Test
  void modelsAreSummedAndWhatHasNoPriceIsCounted() {
    unpriced.setModel("other");
    first.getTotals().setThinkingTokens(50L);
    first.getTotals().setRetried(4L);

    Sums sums = sums(List.of(By.MODEL), null, first, second, unpriced);

    assertThat(SumTable.lines(sums).stream().map(line -> line.split(" {2,}", -1)))
        .containsExactly(
            row("MODEL BATCHES PROMPTS FAILED RETRIED TOKENS_IN TOKENS_OUT COST INTERACTIVE SAVED"),
            row("gemini-2.5-flash 2 17 2 4 3,100 360 $1.00 $2.00 $1.00"),
            row("other 1 1 0 0 7 7 - - -"),
            row("total 3 18 2 4 3,107 367 $1.00 $2.00 $1.00"));
    assertThat(SumTable.notes(sums))
        .containsExactly(
            "1 batch without a published price: their tokens are in the sums, their cost is not");
  }

  @Test
  void whatIsUnderWayIsCountedAndLeftOut() {
    Sums sums = sums(List.of(By.MODEL), null, first, Batches.receipt("d", false, 8, 0, 1));

    assertThat(sums.total().prompts()).isEqualTo(12);
    assertThat(SumTable.notes(sums)).containsExactly("1 batch under way: not in the sums");
  }

  @Test
  void severalMakeAGroupTogether() {
    second.setAccount("west");

    Sums sums = sums(List.of(By.DAY, By.ACCOUNT), null, second, first, unpriced);

    assertThat(
            SumTable.lines(sums).stream()
                .map(line -> line.split(" {2,}", -1)[0] + " " + line.split(" {2,}", -1)[1]))
        .containsExactly(
            "DAY ACCOUNT",
            "2026-03-10 default",
            "2026-03-11 default",
            "2026-03-11 west",
            "total 3");
  }

  @Test
  void keysShareTheCostOfTheirBatchByPriceOfTheirTokens() {
    Sums sums = sums(List.of(By.KEY), null, first, second);

    // 2,500 in weigh as much as 300 out; with 500 in that is 2500 : 2500 : 500.
    assertThat(sums.groups().keySet())
        .containsExactly(
            List.of(Optional.of("ship")), List.of(Optional.of("shop")), List.of(Optional.empty()));
    List<ObjectNode> json = SumJson.of(sums);
    assertThat(json.get(0).get("costUsd").decimalValue()).isEqualByComparingTo("0.272727");
    assertThat(json.get(1).get("costUsd").decimalValue()).isEqualByComparingTo("0.672727");
    assertThat(json.get(1).get("batches").intValue()).isEqualTo(2);
    assertThat(json.get(2).get("key").isNull()).isTrue();
    assertThat(json.get(2).get("costUsd").decimalValue()).isEqualByComparingTo("0.054545");
    assertThat(json.get(3).get("total").booleanValue()).isTrue();
    assertThat(json.get(3).get("batches").intValue()).isEqualTo(2);
    assertThat(json.get(3).get("costUsd").decimalValue()).isEqualByComparingTo(BigDecimal.ONE);
    assertThat(json.get(3).get("savedUsd").decimalValue()).isEqualByComparingTo(BigDecimal.ONE);
  }

  @Test
  void withoutAPriceTodayTokensWeighTheSame() {
    first.setModel("forgotten");

    Sums sums = sums(List.of(By.KEY), "ship", first);

    assertThat(sums.total().money().batch()).isEqualByComparingTo("0.05454545454545455");
  }

  @Test
  void onlyKeysThatBeginSo() {
    Sums sums = sums(List.of(By.MODEL), "sho", first, second);

    assertThat(sums.total().prompts()).isEqualTo(11);
    assertThat(sums.total().tokensIn()).isEqualTo(2600);
    assertThat(SumTable.notes(sums))
        .singleElement()
        .asString()
        .startsWith("3 answered prompts of keys past receipt.keys.max: not in the sums");
  }

  @Test
  void aReceiptThatKnowsNoKeysBelongsToTheOthers() {
    Sums sums = sums(List.of(By.KEY), null, settled("e", 0, totals(2, 0, 1, 1), cost(9)));

    assertThat(SumTable.lines(sums).get(1)).startsWith("(others)").contains(" 2 ");
  }

  @Test
  void keysOfNoTokensCostNothing() {
    Receipt failed = settled("f", 0, totals(0, 2, 0, 0), cost(0), key("shop", 2, 0, 0));

    assertThat(sums(List.of(By.KEY), null, failed).total().money().batch()).isZero();
  }

  @Test
  void nothingComesToNothing() {
    Sums sums = sums(List.of(By.MODEL, By.DAY), null);

    assertThat(SumTable.lines(sums)).hasSize(2).last().asString().contains("total", "$0.00");
    assertThat(SumTable.notes(sums)).isEmpty();
  }

  private static Sums sums(List<By> by, @Nullable String prefix, Receipt... receipts) {
    return Sums.of(List.of(receipts), by, Optional.ofNullable(prefix), Prices.shipped());
  }

  private static String[] row(String cells) {
    return Arrays.stream(cells.split(" ", -1))
        .map(cell -> cell.replace('_', ' '))
        .toArray(String[]::new);
  }
}
