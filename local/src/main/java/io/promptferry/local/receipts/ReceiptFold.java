package io.promptferry.local.receipts;

import io.promptferry.records.Receipt;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last receipt of each batch, from receipts in the order of their partition. */
public final class ReceiptFold {

  private final Map<String, Receipt> last = new HashMap<>();
  private final boolean keys;

  private ReceiptFold(boolean keys) {
    this.keys = keys;
  }

  /** Keeps receipts as they are. */
  public static ReceiptFold whole() {
    return new ReceiptFold(true);
  }

  /** Keeps all but the totals by key, which are most of a receipt. */
  public static ReceiptFold withoutKeys() {
    return new ReceiptFold(false);
  }

  /** A later one of the same batch takes its place. */
  public void add(Receipt receipt) {
    if (!keys) {
      receipt.setKeys(List.of());
    }
    last.put(receipt.getBatchId(), receipt);
  }

  /**
   * The last of each batch, the newest last.
   *
   * @param since only what was written then or later
   */
  public List<Receipt> receipts(Optional<Instant> since) {
    return last.values().stream()
        .filter(receipt -> since.filter(receipt.getUpdatedAt()::isBefore).isEmpty())
        .sorted(Comparator.comparing(Receipt::getUpdatedAt).thenComparing(Receipt::getBatchId))
        .toList();
  }

  /** That of the batch of this name, or of the batch whose job has it. */
  public Optional<Receipt> find(String name) {
    return Optional.ofNullable(last.get(name))
        .or(() -> last.values().stream().filter(r -> name.equals(r.getJob())).findFirst());
  }
}
