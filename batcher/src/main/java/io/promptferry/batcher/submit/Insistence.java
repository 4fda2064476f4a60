package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.ProviderException;
import io.promptferry.runtime.metrics.SharedMetrics;
import io.promptferry.runtime.service.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waits between attempts at one batch: longer each time, as long as the provider asks for but
 * never longer than the longest of the back-off.
 */
final class Insistence {

  private static final Logger LOG = LoggerFactory.getLogger(Insistence.class);

  private final Backoff backoff;
  private final MeterRegistry metrics;
  private final String batchId;
  private int failures;

  Insistence(Backoff backoff, MeterRegistry metrics, String batchId) {
    this.backoff = backoff;
    this.metrics = metrics;
    this.batchId = batchId;
  }

  /** Says once what the provider refuses, and tells how long to wait. */
  Duration waitAfter(String what, ProviderException failure) {
    failures++;
    SharedMetrics.PROVIDER_REFUSALS.counterIn(metrics, what, failure.kind().name()).increment();
    Duration pause = pause(backoff, failures, failure);
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
    return pause;
  }

  /** The wait after the n-th failure in a row. */
  static Duration pause(Backoff backoff, int failures, ProviderException failure) {
    Duration own = backoff.after(failures, ThreadLocalRandom.current().nextDouble());
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    Duration heeded = asked.compareTo(backoff.longest()) > 0 ? backoff.longest() : asked;
    return heeded.compareTo(own) > 0 ? heeded : own;
  }
}
