package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows the jobs it was told of, and counts how often it was asked. */
final class FakeProvider implements BatchProvider {

  private final Map<String, RemoteJob> jobs = new LinkedHashMap<>();
  private final Map<String, ProviderException> failures = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private Runnable duringCall = () -> {};
  private final List<String> cancelled = new ArrayList<>();
  private final Set<String> hidden = new HashSet<>();
  private ProviderException.@Nullable Kind cancelFailure;
  private int pageSize;
  private int listed;
  private boolean closed;

  void show(RemoteJob job) {
    jobs.put(job.name(), job);
    failures.remove(job.name());
  }

  void fail(String jobName, ProviderException.Kind kind) {
    failures.put(jobName, new ProviderException(kind, 503, "", "no luck"));
  }

  /** What happens while the provider works on an answer. */
  void duringCall(Runnable action) {
    duringCall = action;
  }

  void forget(String jobName) {
    jobs.remove(jobName);
  }

  void failCancels(ProviderException.@Nullable Kind kind) {
    cancelFailure = kind;
  }

  /** Shows it on the list only. */
  void hideFromGet(String jobName) {
    hidden.add(jobName);
  }

  /** Lists the jobs from now on, newest first; before, and with 0, the list cannot be read. */
  void listInPagesOf(int size) {
    pageSize = size;
  }

  int listed() {
    return listed;
  }

  List<String> cancelled() {
    return cancelled;
  }

  List<String> asked() {
    return asked;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public JobPage list(String pageToken) {
    listed++;
    duringCall.run();
    if (pageSize == 0) {
      throw new ProviderException(ProviderException.Kind.REFUSED, 403, "", "no list");
    }
    var newestFirst = new ArrayList<>(jobs.values());
    Collections.reverse(newestFirst);
    int from = pageToken.isEmpty() ? 0 : Integer.parseInt(pageToken);
    int to = Math.min(from + pageSize, newestFirst.size());
    return new JobPage(
        newestFirst.subList(from, to), to == newestFirst.size() ? "" : Integer.toString(to));
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    asked.add(jobName);
    duringCall.run();
    ProviderException failure = failures.get(jobName);
    if (failure != null) {
      throw failure;
    }
    return hidden.contains(jobName) ? Optional.empty() : Optional.ofNullable(jobs.get(jobName));
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public RemoteFile upload(Path file, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RemoteJob create(String model, String fileName, String displayName) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<RemoteJob> find(String displayName) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void download(String fileName, Path target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel(String jobName) {
    if (cancelFailure != null) {
      throw new ProviderException(cancelFailure, 503, "", "no luck");
    }
    cancelled.add(jobName);
  }

  @Override
  public boolean discard(String fileName) {
    throw new UnsupportedOperationException();
  }
}
