package io.promptferry.local.receipts;

import io.promptferry.records.Totals;
import java.util.HashSet;
import java.util.Set;

/** What portions of batches come to. */
public final class Sum {

  private final Set<String> batches = new HashSet<>();
  private final Set<String> unpriced = new HashSet<>();
  private long succeeded;
  private long failed;
  private long retried;
  private long vanished;
  private long tokensIn;
  private long tokensOut;
  private Money money = Money.NONE;

  void add(Portion portion) {
    String batch = portion.receipt().getBatchId();
    Totals totals = portion.totals();
    batches.add(batch);
    succeeded += totals.getSucceeded();
    failed += totals.getFailed();
    retried += totals.getRetried();
    vanished += totals.getVanished();
    tokensIn += totals.getPromptTokens();
    tokensOut += ReceiptTable.out(totals);
    portion.money().ifPresentOrElse(more -> money = money.plus(more), () -> unpriced.add(batch));
  }

  /** Different ones: a batch counts once however many of its keys are in the sum. */
  int batches() {
    return batches.size();
  }

  /** Those of them whose model has no published price; not in the money. */
  int unpriced() {
    return unpriced.size();
  }

  /** Answered; one that was sent round again counts in the batch that answered it. */
  long prompts() {
    return succeeded + failed;
  }

  long succeeded() {
    return succeeded;
  }

  long failed() {
    return failed;
  }

  long retried() {
    return retried;
  }

  long vanished() {
    return vanished;
  }

  long tokensIn() {
    return tokensIn;
  }

  /** With those of thinking, which are paid as output. */
  long tokensOut() {
    return tokensOut;
  }

  Money money() {
    return money;
  }
}
