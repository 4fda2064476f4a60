package io.promptferry.gemini.price;

import java.math.BigDecimal;

/**
 * What a model's tokens cost, in USD.
 *
 * @param input a million input tokens, one request at a time
 * @param output a million output tokens, one request at a time; thinking is output
 * @param batchDiscount the share of both that a batch saves: 0.5 is half price
 */
public record Price(BigDecimal input, BigDecimal output, BigDecimal batchDiscount) {

  private static final int MILLION = 6;

  /** Of so many tokens in single requests, exactly; {@link Dollars} rounds. */
  public BigDecimal interactive(long inputTokens, long outputTokens) {
    return input
        .multiply(BigDecimal.valueOf(inputTokens))
        .add(output.multiply(BigDecimal.valueOf(outputTokens)))
        .movePointLeft(MILLION);
  }

  /** Of so many tokens in batches, exactly. */
  public BigDecimal batch(long inputTokens, long outputTokens) {
    return inBatches().interactive(inputTokens, outputTokens);
  }

  /** The prices for a million tokens in batches, as a price that has no discount left. */
  public Price inBatches() {
    BigDecimal share = BigDecimal.ONE.subtract(batchDiscount);
    return new Price(input.multiply(share), output.multiply(share), BigDecimal.ZERO);
  }
}
