package io.promptferry.collector;

import io.promptferry.records.Receipt;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a partition of the receipts topic tells of batches collected by others or in earlier lives.
 */
final class Receipts {

  private final Map<String, Receipt> open = new HashMap<>();
  private final Set<String> settled = new HashSet<>();

  void add(Receipt receipt) {
    if (receipt.getSettled()) {
      open.remove(receipt.getBatchId());
      settled.add(receipt.getBatchId());
    } else {
      open.put(receipt.getBatchId(), receipt);
    }
  }

  boolean isSettled(String batchId) {
    return settled.contains(batchId);
  }

  /** How far a batch has come that is not settled. */
  Optional<Receipt> open(String batchId) {
    return Optional.ofNullable(open.get(batchId));
  }
}
