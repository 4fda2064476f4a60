package io.promptferry.poller;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.memory.Call;
import io.promptferry.gemini.memory.InMemoryProvider;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows the jobs it was told of, and counts how often it was asked. At first the list cannot be
 * read; a job that is cancelled goes on until the test ends it.
 */
final class WatchedProvider extends InMemoryProvider {

  private final Map<String, ProviderException> failures = new HashMap<>();
  private final List<String> cancelled = new ArrayList<>();
  private final Set<String> hidden = new HashSet<>();
  private Runnable duringCall = () -> {};
  private ProviderException.@Nullable Kind cancelFailure;
  private boolean listed;

  WatchedProvider(Clock clock) {
    super(clock);
    cancelSlowly();
    before(Call.LIST, token -> whileListing());
    before(Call.GET, this::whileGetting);
    before(Call.CANCEL, name -> whileCancelling());
    after(Call.CANCEL, cancelled::add);
  }

  @Override
  public void show(RemoteJob job) {
    super.show(job);
    failures.remove(job.name());
  }

  void fail(String jobName, ProviderException.Kind kind) {
    failures.put(jobName, new ProviderException(kind, 503, "", "no luck"));
  }

  /** What happens while the provider works on an answer. */
  void duringCall(Runnable action) {
    duringCall = action;
  }

  void failCancels(ProviderException.@Nullable Kind kind) {
    cancelFailure = kind;
  }

  /** Shows it on the list only. */
  void hideFromGet(String jobName) {
    hidden.add(jobName);
  }

  /** With 0 the list cannot be read. */
  @Override
  public void listInPagesOf(int size) {
    listed = size > 0;
    super.listInPagesOf(size);
  }

  int listed() {
    return asked(Call.LIST).size();
  }

  List<String> cancelled() {
    return cancelled;
  }

  List<String> asked() {
    return asked(Call.GET);
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    return super.get(jobName).filter(job -> !hidden.contains(jobName));
  }

  private void whileListing() {
    duringCall.run();
    if (!listed) {
      throw new ProviderException(ProviderException.Kind.REFUSED, 403, "", "no list");
    }
  }

  private void whileGetting(String jobName) {
    duringCall.run();
    ProviderException failure = failures.get(jobName);
    if (failure != null) {
      throw failure;
    }
  }

  private void whileCancelling() {
    if (cancelFailure != null) {
      throw new ProviderException(cancelFailure, 503, "", "no luck");
    }
  }
}
