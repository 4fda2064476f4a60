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

  /** By root, the batches that were divided and into how many. */
  private final Map<String, Map<String, Integer>> parts = new HashMap<>();

  void add(Receipt receipt) {
    if (receipt.getSettled()) {
      open.remove(receipt.getBatchId());
      settled.add(receipt.getBatchId());
    } else {
      open.put(receipt.getBatchId(), receipt);
    }
    if (receipt.getParts() > 0) {
      String root = receipt.getRootBatchId();
      parts
          .computeIfAbsent(root == null ? receipt.getBatchId() : root, r -> new HashMap<>())
          .put(receipt.getBatchId(), receipt.getParts());
    }
  }

  boolean isSettled(String batchId) {
    return settled.contains(batchId);
  }

  /** How far a batch has come that is not settled. */
  Optional<Receipt> open(String batchId) {
    return Optional.ofNullable(open.get(batchId));
  }

  /** Into how many batches those that descend from this one were divided so far. */
  int parts(String root) {
    return parts.getOrDefault(root, Map.of()).values().stream().mapToInt(Integer::intValue).sum();
  }
}
