package io.promptferry.local.receipts;

import io.promptferry.local.jobs.Elapsed;
import io.promptferry.records.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a batch took; empty where an end of the stretch is not known.
 *
 * @param queue from sealed to submitted
 * @param run from submitted to the job's end
 * @param collect from the job's end to the receipt
 */
record ReceiptTimes(Optional<Duration> queue, Optional<Duration> run, Optional<Duration> collect) {

  static ReceiptTimes of(Receipt receipt) {
    return new ReceiptTimes(
        between(receipt.getSealedAt(), receipt.getSubmittedAt()),
        between(receipt.getSubmittedAt(), receipt.getEndedAt()),
        between(receipt.getEndedAt(), receipt.getUpdatedAt()));
  }

  private static Optional<Duration> between(@Nullable Instant from, @Nullable Instant to) {
    return from == null || to == null ? Optional.empty() : Optional.of(Duration.between(from, to));
  }

  static String text(Optional<Duration> time) {
    return time.map(Elapsed::text).orElse("-");
  }
}
