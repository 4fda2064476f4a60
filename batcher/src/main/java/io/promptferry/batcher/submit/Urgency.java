package io.promptferry.batcher.submit;

import io.promptferry.records.Batch;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/**
 * Which batch goes first: one whose deadline is near, the nearest first; then the oldest.
 *
 * @param near how long before its deadline a batch goes before older ones
 */
record Urgency(Duration near) {

  /** The most urgent first. */
  Comparator<Batch> order(Instant now) {
    return Comparator.comparing((Batch batch) -> nearDeadline(batch, now))
        .thenComparing(Batch::getSealedAt)
        .thenComparing(Batch::getBatchId);
  }

  private Instant nearDeadline(Batch batch, Instant now) {
    Instant deadline = batch.getDeadline();
    return deadline == null || deadline.isAfter(now.plus(near)) ? Instant.MAX : deadline;
  }
}
