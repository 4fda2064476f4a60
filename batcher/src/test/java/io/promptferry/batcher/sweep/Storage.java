package io.promptferry.batcher.sweep;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.DiskSpace;
import io.promptferry.gemini.FilePage;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ListedFile;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.memory.InMemoryProvider;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A provider's storage in memory, which lists two files a page. */
class Storage implements BatchProvider {

  private static final int PAGE = 2;

  final List<ListedFile> files = new ArrayList<>();

  /** Every name that was to be deleted, whatever came of it. */
  final List<String> discarded = new ArrayList<>();

  /** What is answered 400 to a delete. */
  final Set<String> undeletable = new HashSet<>();

  final Map<String, ProviderException> failures = new HashMap<>();
  @Nullable ProviderException listFailure;
  Runnable afterList = () -> {};

  ListedFile add(String name, @Nullable Instant created) {
    var file = new ListedFile("files/" + name, "", 10, created, "ACTIVE");
    files.add(file);
    return file;
  }

  List<String> names() {
    return files.stream().map(ListedFile::name).toList();
  }

  @Override
  public FilePage files(String pageToken) {
    if (listFailure != null) {
      throw listFailure;
    }
    int from = pageToken.isEmpty() ? 0 : Integer.parseInt(pageToken);
    int to = Math.min(files.size(), from + PAGE);
    String next = to < files.size() ? Integer.toString(to) : "";
    var page = new FilePage(files.subList(from, to), next);
    if (page.last()) {
      afterList.run();
    }
    return page;
  }

  @Override
  public boolean discard(String fileName) {
    discarded.add(fileName);
    ProviderException failure = failures.get(fileName);
    if (failure != null) {
      throw failure;
    }
    if (undeletable.contains(fileName)) {
      return false;
    }
    files.removeIf(file -> file.name().equals(fileName));
    return true;
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
  public JobPage list(String pageToken) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void download(String fileName, Path target, DiskSpace space) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel(String jobName) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String keyId() {
    return InMemoryProvider.KEY_ID;
  }

  @Override
  public void close() {}
}
