package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
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
   * under way somewhere must fail; and looks once more, for one that came in between. Looking first
   * spares the file of a job that exists: nobody knows whether a job survives the loss of its
   * input.
   *
   * @return the oldest job of that display name; younger ones are cancelled
   * @throws ProviderException when the provider does not answer or keeps the file: the doubt
   *     remains, ask again
   */
  Optional<RemoteJob> settle(String displayName, String file) {
    Optional<RemoteJob> found = oldest(displayName);
    if (found.isPresent()) {
      return found;
    }
    if (!provider.discard(file)) {
      throw new ProviderException(
          ProviderException.Kind.UNKNOWN,
          0,
          "",
          file + " cannot be deleted, so a create that is under way may still succeed");
    }
    return oldest(displayName);
  }

  private Optional<RemoteJob> oldest(String displayName) {
    List<RemoteJob> jobs = provider.find(displayName).stream().sorted(OLDEST_FIRST).toList();
    for (RemoteJob younger : jobs.subList(Math.min(1, jobs.size()), jobs.size())) {
      if (!younger.terminal()) {
        LOG.warn("cancelling {}, a second job of {}", younger.name(), displayName);
        provider.cancel(younger.name());
        metrics.counter("promptferry.jobs.duplicates.cancelled").increment();
      }
    }
    return jobs.stream().findFirst();
  }
}
