package io.promptferry.collector;

import io.promptferry.collector.result.Outcome;
import io.promptferry.gemini.price.Price;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Batch;
import io.promptferry.records.Cost;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.spans.SpanCursor.Position;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps the account of one batch, and makes its receipts. */
final class ReceiptBook {

  private static final BigDecimal MILLIONTHS = BigDecimal.valueOf(1_000_000);

  private final EndedBatch batch;
  private final ReceiptSettings settings;
  private final Prices prices;
  private final long resultBytes;
  private final int parts;
  private final Clock clock;
  private final Instant from;
  private Tally tally = new Tally(Totals.newBuilder().build());
  private final Map<String, Tally> keys = new LinkedHashMap<>();
  private Tally otherKeys = new Tally(Totals.newBuilder().build());

  /**
   * Goes on from the batch's earlier receipt.
   *
   * @param resultBytes of the result file, 0 where there is none
   * @param parts into how many batches it is divided
   */
  ReceiptBook(
      EndedBatch batch,
      ReceiptSettings settings,
      Prices prices,
      long resultBytes,
      int parts,
      Clock clock) {
    this.batch = batch;
    this.settings = settings;
    this.prices = prices;
    this.resultBytes = resultBytes;
    this.parts = parts;
    this.clock = clock;
    Optional<Receipt> earlier = batch.earlier();
    this.from =
        earlier.flatMap(r -> Optional.ofNullable(r.getCollectedFrom())).orElseGet(clock::instant);
    earlier.ifPresent(this::goOnFrom);
  }

  /** Takes over what a receipt counts, whether of an earlier life or as it was written just now. */
  final void goOnFrom(Receipt receipt) {
    tally = new Tally(receipt.getTotals());
    for (KeyTotals key : receipt.getKeys()) {
      var of = new Tally(key.getTotals());
      if (key.getPrefix() == null) {
        otherKeys = of;
      } else {
        keys.put(key.getPrefix(), of);
      }
    }
  }

  /** Counts what became of a prompt with this key. */
  void add(byte @Nullable [] key, Outcome outcome) {
    tally.add(outcome);
    of(key).add(outcome);
  }

  private Tally of(byte @Nullable [] key) {
    Optional<String> name = settings.name(key);
    if (name.isEmpty()) {
      return otherKeys;
    }
    Tally known = keys.get(name.get());
    if (known != null) {
      return known;
    }
    if (keys.size() >= settings.keysMax()) {
      return otherKeys;
    }
    var made = new Tally(Totals.newBuilder().build());
    keys.put(name.get(), made);
    return made;
  }

  /** How far the batch has come. */
  Receipt receipt(boolean settled, Position position) {
    Batch of = batch.batch();
    if (settled) {
      tally.closeWith(of.getCount());
    }
    Totals totals = tally.totals();
    return Receipt.newBuilder()
        .setBatchId(batch.id())
        .setJob(batch.state().getJob())
        .setModel(of.getLane().getModel())
        .setAccount(of.getLane().getAccount())
        .setRootBatchId(of.getRootBatchId())
        .setParts(parts)
        .setSettled(settled)
        .setSpan(position.span())
        .setNextOffset(position.offset())
        .setTotals(totals)
        .setKeys(keyTotals())
        .setBytes(of.getBytes())
        .setResultBytes(resultBytes)
        .setCost(settled ? cost(totals) : null)
        .setCollectedFrom(from)
        .setSealReason(of.getSealReason())
        .setSealedAt(of.getSealedAt())
        .setSubmittedAt(batch.submittedAt())
        .setEndedAt(batch.state().getEndedAt())
        .setUpdatedAt(clock.instant())
        .build();
  }

  private List<KeyTotals> keyTotals() {
    var all = new ArrayList<KeyTotals>();
    keys.forEach((prefix, of) -> all.add(new KeyTotals(prefix, of.totals())));
    Totals others = otherKeys.totals();
    if (!others.equals(Totals.newBuilder().build())) {
      all.add(new KeyTotals(null, others));
    }
    return all;
  }

  private @Nullable Cost cost(Totals totals) {
    long out = totals.getOutputTokens() + totals.getThinkingTokens();
    Optional<Price> price = prices.of(batch.batch().getLane().getModel());
    return price
        .map(
            p ->
                new Cost(
                    millionths(p.batch(totals.getPromptTokens(), out)),
                    millionths(p.interactive(totals.getPromptTokens(), out)),
                    prices.asOf().toString()))
        .orElse(null);
  }

  private static long millionths(BigDecimal dollars) {
    return dollars.multiply(MILLIONTHS).setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
