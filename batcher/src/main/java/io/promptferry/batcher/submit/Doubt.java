package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles whether a job that was intended exists. */
final class Doubt {

  private static final Logger LOG = LoggerFactory.getLogger(Doubt.class);

  private static final Metric SETTLED =
      Metric.counter(
          "promptferry.doubts.settled",
          "Jobs that might have existed: found at the provider, or absent",
          Label.of("outcome", "found", "absent"));

  static final Metric DUPLICATES =
      Metric.counter(
          "promptferry.jobs.duplicates.cancelled",
          "Second jobs of a batch that were found and cancelled; each may have cost");

  private static final Comparator<RemoteJob> OLDEST_FIRST =
      Comparator.comparing(
              (RemoteJob job) -> Objects.requireNonNullElse(job.created(), Instant.MAX))
          .thenComparing(RemoteJob::name);

  private final BatchProvider provider;
  private final MeterRegistry metrics;

  Doubt(BatchProvider provider, MeterRegistry metrics) {
    this.provider = provider;
    this.metrics = metrics;
  }

  /**
   * Looks for the job; deletes its input file when there is none, so that a create that is still
   * under way somewhere must fail. Looking first spares the file of a job that exists: nobody knows
   * whether a job survives the loss of its input. An absence is believed only after {@link
   * #lastLook}.
   *
   * @return the oldest job of that display name; younger ones are cancelled
   * @throws ProviderException when the provider does not answer or keeps the file: the doubt
   *     remains, ask again
   */
  Optional<RemoteJob> lookThenFence(String displayName, String file) {
    Optional<RemoteJob> found = look(displayName);
    if (found.isEmpty() && !provider.discard(file)) {
      throw new ProviderException(
          ProviderException.Kind.UNKNOWN,
          0,
          "",
          file + " cannot be deleted, so a create that is under way may still succeed");
    }
    return found;
  }

  /** Looks once more, for a job that came before the file was deleted. */
  Optional<RemoteJob> lastLook(String displayName) {
    Optional<RemoteJob> found = look(displayName);
    if (found.isEmpty()) {
      settled("absent");
    }
    return found;
  }

  private Optional<RemoteJob> look(String displayName) {
    Optional<RemoteJob> found = oldest(displayName);
    if (found.isPresent()) {
      settled("found");
    }
    return found;
  }

  private void settled(String outcome) {
    SETTLED.counterIn(metrics, outcome).increment();
  }

  private Optional<RemoteJob> oldest(String displayName) {
    List<RemoteJob> jobs = provider.find(displayName).stream().sorted(OLDEST_FIRST).toList();
    for (RemoteJob younger : jobs.subList(Math.min(1, jobs.size()), jobs.size())) {
      if (!younger.terminal()) {
        LOG.warn("cancelling {}, a second job of {}", younger.name(), displayName);
        provider.cancel(younger.name());
        DUPLICATES.counterIn(metrics).increment();
      }
    }
    return jobs.stream().findFirst();
  }
}
