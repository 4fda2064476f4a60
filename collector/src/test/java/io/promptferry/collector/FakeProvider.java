package io.promptferry.collector;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files in the provider's storage. */
final class FakeProvider implements BatchProvider {

  private final Map<String, String> files = new HashMap<>();
  private final List<String> discarded = new ArrayList<>();
  private Runnable duringDownload = () -> {};
  private @Nullable RuntimeException discardFailure;
  private int downloads;

  void put(String name, String content) {
    files.put(name, content);
  }

  void duringDownload(Runnable action) {
    duringDownload = action;
  }

  void failDiscards(RuntimeException failure) {
    discardFailure = failure;
  }

  List<String> discarded() {
    return discarded;
  }

  int downloads() {
    return downloads;
  }

  @Override
  public void download(String fileName, Path target) {
    downloads++;
    duringDownload.run();
    String content = files.get(fileName);
    if (content == null) {
      throw new ProviderException(ProviderException.Kind.NOT_FOUND, 404, "NOT_FOUND", "no file");
    }
    try {
      Files.writeString(target, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean discard(String fileName) {
    discarded.add(fileName);
    if (discardFailure != null) {
      throw discardFailure;
    }
    return true;
  }

  @Override
  public void close() {}

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
  public void cancel(String jobName) {
    throw new UnsupportedOperationException();
  }
}
