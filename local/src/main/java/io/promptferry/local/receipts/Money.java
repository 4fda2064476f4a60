package io.promptferry.local.receipts;

import io.promptferry.records.Cost;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * What tokens cost, in USD.
 *
 * @param batch in batches
 * @param interactive what they would have cost one by one
 */
record Money(BigDecimal batch, BigDecimal interactive) {

  static final Money NONE = new Money(BigDecimal.ZERO, BigDecimal.ZERO);

  private static final int MILLIONTHS = 6;

  static Money of(Cost cost) {
    return new Money(
        BigDecimal.valueOf(cost.getBatch(), MILLIONTHS),
        BigDecimal.valueOf(cost.getInteractive(), MILLIONTHS));
  }

  Money plus(Money other) {
    return new Money(batch.add(other.batch), interactive.add(other.interactive));
  }

  /** Nothing of nothing: where the whole weighs nothing, no part has cost anything. */
  Money share(BigDecimal part, BigDecimal whole) {
    return whole.signum() == 0
        ? NONE
        : new Money(
            batch.multiply(part).divide(whole, MathContext.DECIMAL64),
            interactive.multiply(part).divide(whole, MathContext.DECIMAL64));
  }

  BigDecimal saved() {
    return interactive.subtract(batch);
  }
}
