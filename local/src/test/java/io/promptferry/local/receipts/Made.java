package io.promptferry.local.receipts;

import static io.promptferry.local.jobs.Batches.at;

import io.promptferry.local.jobs.Batches;
import io.promptferry.records.Cost;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes receipts for tests. */
final class Made {

  static final int DAY = 86_400;

  private Made() {}

  static Totals totals(int succeeded, int failed, int in, int out) {
    return Totals.newBuilder()
        .setSucceeded(succeeded)
        .setFailed(failed)
        .setPromptTokens(in)
        .setOutputTokens(out)
        .build();
  }

  static KeyTotals key(@Nullable String prefix, int succeeded, int in, int out) {
    return new KeyTotals(prefix, totals(succeeded, 0, in, out));
  }

  static Cost cost(long batch) {
    return new Cost(batch, 2 * batch, "2026-03-01");
  }

  static Receipt settled(String id, int at, Totals totals, @Nullable Cost cost, KeyTotals... keys) {
    Receipt receipt = Batches.receipt(id, true, 0, 0, at);
    receipt.setTotals(totals);
    receipt.setCost(cost);
    receipt.setKeys(List.of(keys));
    return receipt;
  }

  /** With a value in every field that is told. */
  static Receipt full() {
    Totals totals = totals(1234, 5, 1_000_000, 2000);
    totals.setThinkingTokens(500L);
    totals.setRetried(7L);
    totals.setFailures(Map.of("SAFETY", 3L, "NO_TEXT", 2L));
    totals.setRetries(Map.of("EXPIRED", 7L));
    Receipt receipt =
        settled("a", 4000, totals, cost(150_625), key("shop", 1000, 10, 20), key(null, 234, 1, 2));
    receipt.setAccount("west");
    receipt.setRootBatchId("r");
    receipt.setParts(2);
    receipt.setBytes(5000);
    receipt.setResultBytes(6000);
    receipt.setSubmittedAt(at(90));
    receipt.setEndedAt(at(3690));
    receipt.setCollectedFrom(at(3700));
    return receipt;
  }
}
