package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.account.Accounts;
import java.util.Optional;
import java.util.function.Supplier;

/** The calls with the key of one account, each counted, with its failure where it fails. */
final class Calls {

  private final Accounts accounts;
  private final String account;
  private final Visibility visibility;
  private final PollMetrics metrics;

  Calls(Accounts accounts, String account, Visibility visibility, PollMetrics metrics) {
    this.accounts = accounts;
    this.account = account;
    this.visibility = visibility;
    this.metrics = metrics;
  }

  Optional<RemoteJob> get(String jobName) {
    Optional<RemoteJob> job = counted("get", () -> provider().get(jobName));
    if (job.isEmpty()) {
      metrics.refused("get", ProviderException.Kind.NOT_FOUND.name());
    }
    return job;
  }

  JobPage list(String pageToken) {
    return counted("list", () -> provider().list(pageToken));
  }

  void cancel(String jobName) {
    counted(
        "cancel",
        () -> {
          provider().cancel(jobName);
          return jobName;
        });
  }

  private BatchProvider provider() {
    BatchProvider provider = accounts.of(account);
    visibility.with(provider);
    return provider;
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
