package io.promptferry.local.receipts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Sums as JSON objects: one for each group, then the total. */
public final class SumJson {

  private static final int DIGITS = 6;

  private SumJson() {}

  /** Costs are in USD, to a millionth; {@code key} is null for keys without their own place. */
  public static List<ObjectNode> of(Sums sums) {
    var all = new ArrayList<ObjectNode>();
    sums.groups()
        .forEach(
            (group, sum) -> {
              ObjectNode json = JsonNodeFactory.instance.objectNode();
              for (int i = 0; i < group.size(); i++) {
                json.put(sums.by().get(i).label(), group.get(i).orElse(null));
              }
              put(json, sum);
              all.add(json);
            });
    ObjectNode total = JsonNodeFactory.instance.objectNode();
    total.put("total", true);
    put(total, sums.total());
    total.put("underWayBatches", sums.underWay());
    total.put("namelessPrompts", sums.nameless());
    all.add(total);
    return all;
  }

  private static void put(ObjectNode json, Sum sum) {
    json.put("batches", sum.batches());
    json.put("prompts", sum.prompts());
    json.put("succeeded", sum.succeeded());
    json.put("failed", sum.failed());
    json.put("retried", sum.retried());
    json.put("vanished", sum.vanished());
    json.put("tokensIn", sum.tokensIn());
    json.put("tokensOut", sum.tokensOut());
    json.put("costUsd", usd(sum.money().batch()));
    json.put("interactiveUsd", usd(sum.money().interactive()));
    json.put("savedUsd", usd(sum.money().saved()));
    json.put("unpricedBatches", sum.unpriced());
  }

  private static BigDecimal usd(BigDecimal amount) {
    return amount.setScale(DIGITS, RoundingMode.HALF_UP);
  }
}
