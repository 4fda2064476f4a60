package io.promptferry.gemini.price;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Amounts of USD for people. */
public final class Dollars {

  private static final BigDecimal SMALL = new BigDecimal("0.995");
  private static final BigDecimal SMALLEST = new BigDecimal("0.0001");

  private Dollars() {}

  /**
   * With cents; below a dollar with hundredths of a cent where there are any, and never a cost as
   * nothing: {@code $1,234.50}, {@code $0.30}, {@code $0.0312}, {@code under $0.0001}.
   */
  public static String text(BigDecimal amount) {
    if (amount.signum() > 0 && amount.compareTo(SMALLEST) < 0) {
      return "under $" + SMALLEST;
    }
    BigDecimal rounded =
        amount
            .setScale(amount.compareTo(SMALL) < 0 ? 4 : 2, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return String.format(Locale.ROOT, "$%,." + Math.max(2, rounded.scale()) + "f", rounded);
  }
}
