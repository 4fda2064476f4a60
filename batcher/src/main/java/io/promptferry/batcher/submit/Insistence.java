package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.ProviderException;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.service.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waits between attempts at one batch: longer each time, as long as the provider asks for but
 * never longer than the longest of the back-off, and ended by the partition's revocation.
 */
final class Insistence {

  private static final Logger LOG = LoggerFactory.getLogger(Insistence.class);

  private final AssignedPartition<?> partition;
  private final Backoff backoff;
  private final MeterRegistry metrics;
  private final String batchId;
  private int failures;

  Insistence(
      AssignedPartition<?> partition, Backoff backoff, MeterRegistry metrics, String batchId) {
    this.partition = partition;
    this.backoff = backoff;
    this.metrics = metrics;
    this.batchId = batchId;
  }

  /** Says once for each run of failures what the provider refuses, then waits. */
  void waitAfter(String what, ProviderException failure) throws InterruptedException {
    failures++;
    metrics
        .counter("promptferry.provider.refusals", "call", what, "kind", failure.kind().name())
        .increment();
    Duration own = backoff.after(failures, ThreadLocalRandom.current().nextDouble());
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    Duration heeded = asked.compareTo(backoff.longest()) > 0 ? backoff.longest() : asked;
    Duration pause = heeded.compareTo(own) > 0 ? heeded : own;
    if (failures == 1) {
      LOG.warn(
          "batch {} waits: {} failed ({}): {}",
          batchId,
          what,
          failure.kind(),
          failure.getMessage());
    } else {
      LOG.debug("batch {} waits {}: {} failed: {}", batchId, pause, what, failure.getMessage());
    }
    partition.pause(pause);
  }
}
