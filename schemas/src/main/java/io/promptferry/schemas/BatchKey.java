package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.Batch;

/**
 * The Kafka key of a batch's records in {@code batches}, {@code jobs} and {@code job-states}: its
 * id; of a part of a batch that was split, the id of the batch that all parts descend from. So all
 * parts come to the partition of their root, and one collector sees how many there are. In {@code
 * receipts}, which is compacted, the key is the batch's own id, and the partition the same.
 */
public final class BatchKey {

  private BatchKey() {}

  public static String name(Batch batch) {
    return batch.getRootBatchId() == null ? batch.getBatchId() : batch.getRootBatchId();
  }

  public static byte[] of(Batch batch) {
    return name(batch).getBytes(UTF_8);
  }
}
