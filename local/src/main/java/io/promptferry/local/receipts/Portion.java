package io.promptferry.local.receipts;

import io.promptferry.gemini.price.Prices;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * A batch, or what one of its keys has of it.
 *
 * @param key how the keys begin; empty for the whole, and for keys without a place of their own
 * @param money empty where the model has no published price
 */
record Portion(Receipt receipt, Optional<String> key, Totals totals, Optional<Money> money) {

  static Portion whole(Receipt receipt) {
    return new Portion(
        receipt,
        Optional.empty(),
        receipt.getTotals(),
        Optional.ofNullable(receipt.getCost()).map(Money::of));
  }

  /**
   * The batch's cost is shared out, not reckoned anew: prices may have changed since, and the sum
   * must be what the batch cost.
   */
  static List<Portion> byKey(Receipt receipt, Prices prices) {
    Portion whole = whole(receipt);
    if (receipt.getKeys().isEmpty()) {
      return List.of(whole);
    }
    BigDecimal weights =
        receipt.getKeys().stream()
            .map(key -> weight(receipt, key, prices))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return receipt.getKeys().stream()
        .map(
            key ->
                new Portion(
                    receipt,
                    Optional.ofNullable(key.getPrefix()),
                    key.getTotals(),
                    whole.money().map(m -> m.share(weight(receipt, key, prices), weights))))
        .toList();
  }

  /** Output weighs more than input, as its price does; the same where no price is known now. */
  private static BigDecimal weight(Receipt receipt, KeyTotals key, Prices prices) {
    long in = key.getTotals().getPromptTokens();
    long out = ReceiptTable.out(key.getTotals());
    return prices
        .of(receipt.getModel())
        .map(price -> price.interactive(in, out))
        .orElseGet(() -> BigDecimal.valueOf(in + out));
  }
}
