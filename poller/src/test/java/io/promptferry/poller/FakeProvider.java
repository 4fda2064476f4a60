package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows the jobs it was told of, and counts how often it was asked. */
final class FakeProvider implements BatchProvider {

  private final Map<String, RemoteJob> jobs = new HashMap<>();
  private final Map<String, ProviderException> failures = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private Runnable duringCall = () -> {};
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

  List<String> asked() {
    return asked;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    asked.add(jobName);
    duringCall.run();
    ProviderException failure = failures.get(jobName);
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(jobs.get(jobName));
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
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean discard(String fileName) {
    throw new UnsupportedOperationException();
  }
}
