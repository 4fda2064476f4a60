package io.promptferry.local.live;

import io.promptferry.gemini.price.Dollars;
import io.promptferry.gemini.price.Price;
import io.promptferry.gemini.price.Prices;

/** What tokens cost, in words. */
public record CostText(Prices prices) {

  /** What so many tokens cost in batches and one by one. */
  public String of(String model, long inputTokens, long outputTokens) {
    return prices
        .of(model)
        .map(
            known ->
                "about %s in batches (one by one: %s)"
                    .formatted(
                        Dollars.text(known.batch(inputTokens, outputTokens)),
                        Dollars.text(known.interactive(inputTokens, outputTokens))))
        .orElse("price unknown");
  }

  /** The prices of a million tokens, their date and where they are published. */
  public String prices(String model) {
    String source = "as of %s, see %s".formatted(prices.asOf(), prices.source());
    return prices
        .of(model)
        .map(
            price ->
                "a million tokens in and out %s in batches, %s one by one; "
                    .formatted(pair(price.inBatches()), pair(price)))
        .orElse("price unknown: " + model + " is not among those ")
        .concat(source);
  }

  private static String pair(Price price) {
    return Dollars.text(price.input()) + " and " + Dollars.text(price.output());
  }
}
