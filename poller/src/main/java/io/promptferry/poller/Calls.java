package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import java.util.Optional;
import java.util.function.Supplier;

/** The calls to the provider, each counted, with its failure where it fails. */
final class Calls {

  private final BatchProvider provider;
  private final PollMetrics metrics;

  Calls(BatchProvider provider, PollMetrics metrics) {
    this.provider = provider;
    this.metrics = metrics;
  }

  Optional<RemoteJob> get(String jobName) {
    Optional<RemoteJob> job = counted("get", () -> provider.get(jobName));
    if (job.isEmpty()) {
      metrics.refused("get", ProviderException.Kind.NOT_FOUND.name());
    }
    return job;
  }

  JobPage list(String pageToken) {
    return counted("list", () -> provider.list(pageToken));
  }

  void cancel(String jobName) {
    counted(
        "cancel",
        () -> {
          provider.cancel(jobName);
          return jobName;
        });
  }

  private <T> T counted(String call, Supplier<T> body) {
    metrics.called(call);
    try {
      return body.get();
    } catch (ProviderException e) {
      metrics.refused(call, e.kind().name());
      throw e;
    }
  }
}
