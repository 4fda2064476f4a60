package io.promptferry.local.receipts;

import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Receipt;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settled receipts summed. Those under way have no cost yet and are only counted.
 *
 * @param by what the groups are made by, in this order
 * @param groups by their values, which are as many as {@code by}; sorted
 * @param total of all groups
 * @param underWay how many receipts were left out because they are not settled
 * @param nameless how many prompts were left out because a prefix was asked for and their keys had
 *     no place of their own in the receipt
 */
public record Sums(
    List<By> by, Map<List<Optional<String>>, Sum> groups, Sum total, long underWay, long nameless) {

  /** Others after all that have a name. */
  private static final Comparator<Optional<String>> OTHERS_LAST =
      Comparator.<Optional<String>, Boolean>comparing(Optional::isEmpty)
          .thenComparing(value -> value.orElse(""));

  /**
   * Whether totals by key are needed; without, receipts may come without them.
   *
   * @param keyPrefix only keys that begin so
   */
  public static boolean needKeys(List<By> by, Optional<String> keyPrefix) {
    return by.contains(By.KEY) || keyPrefix.isPresent();
  }

  /**
   * Sums.
   *
   * @param receipts the last of each batch
   * @param by one or more
   * @param keyPrefix only keys that begin so
   */
  public static Sums of(
      List<Receipt> receipts, List<By> by, Optional<String> keyPrefix, Prices prices) {
    var groups = new LinkedHashMap<List<Optional<String>>, Sum>();
    var total = new Sum();
    var nameless = new Sum();
    for (Receipt receipt : receipts) {
      if (receipt.getSettled()) {
        List<Portion> portions =
            needKeys(by, keyPrefix)
                ? Portion.byKey(receipt, prices)
                : List.of(Portion.whole(receipt));
        for (Portion portion : portions) {
          if (keyPrefix.isPresent() && portion.key().isEmpty()) {
            nameless.add(portion);
          } else if (portion.key().filter(k -> !k.startsWith(keyPrefix.orElse(""))).isEmpty()) {
            groups
                .computeIfAbsent(
                    by.stream().map(what -> what.of(portion)).toList(), group -> new Sum())
                .add(portion);
            total.add(portion);
          }
        }
      }
    }
    return new Sums(
        by,
        sorted(groups),
        total,
        receipts.stream().filter(receipt -> !receipt.getSettled()).count(),
        nameless.prompts());
  }

  private static Map<List<Optional<String>>, Sum> sorted(Map<List<Optional<String>>, Sum> groups) {
    var sorted =
        new TreeMap<List<Optional<String>>, Sum>(
            (a, b) -> {
              int order = 0;
              for (int i = 0; i < a.size() && order == 0; i++) {
                order = OTHERS_LAST.compare(a.get(i), b.get(i));
              }
              return order;
            });
    sorted.putAll(groups);
    return sorted;
  }
}
