package io.promptferry.collector;

import io.promptferry.collector.response.Shortening.Shortened;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Corrects a receipt whose responses turned out to be too large for their topics, which is known
 * only once they were sent. Tokens and cost stay: the model was paid.
 */
record Recount(ReceiptSettings settings) {

  /** The receipt for what was written instead; the same where all was written as it was. */
  Receipt of(Receipt receipt, List<Shortened> shortened) {
    if (shortened.isEmpty()) {
      return receipt;
    }
    Receipt corrected = Receipt.newBuilder(receipt).build();
    for (Shortened response : shortened) {
      corrected.setTotals(of(corrected.getTotals(), response.was()));
      KeyTotals key = ofKey(corrected.getKeys(), settings.name(response.record().key()));
      key.setTotals(of(key.getTotals(), response.was()));
    }
    return corrected;
  }

  private static Totals of(Totals totals, @Nullable String was) {
    var tally = new Tally(totals);
    tally.shorten(was);
    return tally.totals();
  }

  /** That of the key, or that of all keys without a place of their own. */
  private static KeyTotals ofKey(List<KeyTotals> keys, Optional<String> name) {
    return keys.stream()
        .filter(key -> key.getPrefix() != null && name.equals(Optional.of(key.getPrefix())))
        .findFirst()
        .or(() -> keys.stream().filter(key -> key.getPrefix() == null).findFirst())
        .orElseThrow();
  }
}
