package io.promptferry.local.receipts;

import io.promptferry.local.dlq.Legible;
import io.promptferry.local.jobs.Words;
import io.promptferry.records.Cost;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All of one receipt, as lines. */
public final class ReceiptText {

  private static final int KEY_SHOWN = 100;

  private final List<String> lines = new ArrayList<>();

  private ReceiptText() {}

  /** The lines. */
  public static List<String> lines(Receipt receipt) {
    var text = new ReceiptText();
    text.head(receipt);
    text.money(receipt);
    text.times(receipt);
    text.reasons("failures", receipt.getTotals().getFailures());
    text.reasons("retries", receipt.getTotals().getRetries());
    text.keys(receipt.getKeys());
    return List.copyOf(text.lines);
  }

  private void head(Receipt receipt) {
    line("batch", receipt.getBatchId());
    line("state", receipt.getSettled() ? "settled" : "under way");
    line("job", receipt.getJob() == null ? "none" : receipt.getJob());
    line("model", receipt.getModel());
    line("account", receipt.getAccount());
    if (receipt.getRootBatchId() != null) {
      line("part of", receipt.getRootBatchId());
    }
    if (receipt.getParts() > 0) {
      line("split", "into " + ReceiptTable.batches(receipt.getParts()));
    }
    line("prompts", outcomes(receipt.getTotals()));
    line("tokens", tokens(receipt.getTotals()));
    line(
        "bytes",
        "at most %s sent, %s of results"
            .formatted(Words.number(receipt.getBytes()), Words.number(receipt.getResultBytes())));
  }

  private void money(Receipt receipt) {
    Cost cost = receipt.getCost();
    if (cost == null) {
      line("cost", receipt.getSettled() ? "no published price" : "told when it is settled");
      return;
    }
    line(
        "cost",
        "%s; one by one %s; saved %s; prices of %s"
            .formatted(
                ReceiptTable.dollars(cost.getBatch()),
                ReceiptTable.dollars(cost.getInteractive()),
                ReceiptTable.dollars(cost.getInteractive() - cost.getBatch()),
                cost.getAsOf()));
  }

  private void times(Receipt receipt) {
    ReceiptTimes times = ReceiptTimes.of(receipt);
    lines.add("times");
    time("sealed", receipt.getSealedAt(), "by " + receipt.getSealReason());
    time("submitted", receipt.getSubmittedAt(), took("queued", times.queue()));
    time("ended", receipt.getEndedAt(), took("ran", times.run()));
    time("collected", receipt.getCollectedFrom(), "from then on");
    time(
        receipt.getSettled() ? "settled" : "updated",
        receipt.getUpdatedAt(),
        took("collected", times.collect()));
  }

  private void reasons(String name, Map<String, Long> reasons) {
    if (!reasons.isEmpty()) {
      lines.add(name);
      new TreeMap<>(reasons)
          .forEach(
              (reason, count) ->
                  lines.add("  " + Legible.line(reason) + "  " + Words.number(count)));
    }
  }

  private void keys(List<KeyTotals> keys) {
    if (!keys.isEmpty()) {
      lines.add("keys");
    }
    for (KeyTotals key : keys) {
      String prefix = key.getPrefix();
      lines.add(
          "  %s  %s; tokens: %s"
              .formatted(
                  prefix == null ? SumTable.OTHERS : Legible.line(prefix, KEY_SHOWN),
                  outcomes(key.getTotals()),
                  tokens(key.getTotals())));
    }
  }

  private static String outcomes(Totals totals) {
    return "%s succeeded, %s failed, %s sent round again, %s vanished"
        .formatted(
            Words.number(totals.getSucceeded()),
            Words.number(totals.getFailed()),
            Words.number(totals.getRetried()),
            Words.number(totals.getVanished()));
  }

  private static String tokens(Totals totals) {
    return "%s in (%s cached), %s out, %s thinking"
        .formatted(
            Words.number(totals.getPromptTokens()),
            Words.number(totals.getCachedTokens()),
            Words.number(totals.getOutputTokens()),
            Words.number(totals.getThinkingTokens()));
  }

  private static String took(String what, Optional<Duration> time) {
    return time.map(known -> what + " " + ReceiptTimes.text(Optional.of(known))).orElse("");
  }

  private void line(String name, String value) {
    lines.add("%-9s %s".formatted(name, Legible.line(value)));
  }

  private void time(String name, @Nullable Instant at, String note) {
    if (at != null) {
      lines.add("  %-9s %s  %s".formatted(name, at, note).stripTrailing());
    }
  }
}
