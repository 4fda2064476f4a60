package io.promptferry.local.receipts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.client.RecordToJson;
import io.promptferry.records.Receipt;
import java.time.Duration;

/** A receipt as a JSON object: all its fields, and the times a batch took. */
public final class ReceiptJson {

  private ReceiptJson() {}

  /** Fields without a value are left out; costs are in millionths of a dollar, as in the record. */
  public static ObjectNode of(Receipt receipt) {
    ObjectNode json = RecordToJson.write(receipt);
    ReceiptTimes times = ReceiptTimes.of(receipt);
    times.queue().map(Duration::toMillis).ifPresent(ms -> json.put("queueMs", ms));
    times.run().map(Duration::toMillis).ifPresent(ms -> json.put("runMs", ms));
    times.collect().map(Duration::toMillis).ifPresent(ms -> json.put("collectMs", ms));
    return json;
  }
}
