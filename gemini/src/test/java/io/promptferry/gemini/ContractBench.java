package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the contract asks of a provider beyond its port. Lists come in pages of two. A job whose
 * display name begins with {@code done/} ends by itself, any other runs until it is cancelled.
 */
abstract class ContractBench {

  static final String MODEL = "gemini-2.5-flash";
  static final String NAME = "ferry/b1";
  static final int CHUNK = 256 * 1024;
  private static final int THREADS = 8;

  @TempDir Path dir;

  /** The one that is tested; the same throughout a test. */
  abstract BatchProvider provider();

  /** The bytes of a file as they lie in the provider's storage. */
  abstract byte[] stored(String fileName) throws IOException;

  /** Shows a job of the display name {@code done/…} when it has succeeded. */
  abstract RemoteJob succeeded(RemoteJob job);

  /** The name of a model that does not exist. */
  abstract String absentModel();

  /** From now on jobs are created without a reply. */
  abstract void loseReplies() throws Exception;

  /** From now on downloads break off half-way. */
  abstract void cutDownloads() throws Exception;

  /** From now on every call takes longer than the test. */
  abstract void hold() throws Exception;

  /** How many calls are held by now. */
  abstract int held() throws Exception;

  /** Makes the key one that is refused, and good again. */
  abstract void keyIsWrong(boolean wrong) throws Exception;

  static void assertFails(Kind kind, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ProviderException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.keyIsWrong()).isFalse();
              assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            });
  }

  String upload(String id, String content) throws IOException {
    Path in = Files.writeString(dir.resolve("in"), content);
    return provider().upload(in, id).name();
  }

  /** Jobs {@code ferry/b0} and so on, oldest first. */
  List<RemoteJob> create(int count) throws IOException {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(provider().create(MODEL, upload("in-" + i, "content"), "ferry/b" + i));
    }
    return jobs;
  }

  RemoteJob done() throws IOException {
    String line =
        "{\"key\":\"0-1\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Hi\"}]}]}}\n";
    return provider().create(MODEL, upload("done", line), "done/b1");
  }

  String results() throws IOException {
    return String.valueOf(succeeded(done()).resultFile());
  }

  List<RemoteJob> all() {
    List<RemoteJob> all = new ArrayList<>();
    JobPage page = provider().list("");
    all.addAll(page.jobs());
    while (!page.last()) {
      page = provider().list(page.next());
      all.addAll(page.jobs());
    }
    return all;
  }

  static List<Path> partsOf(Path target) throws IOException {
    try (var files = Files.list(target.toAbsolutePath().getParent())) {
      return files.filter(file -> file.toString().startsWith(target + ".")).toList();
    }
  }

  /** What all threads get that ask at the same time. */
  static <T> List<T> together(Callable<T> call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      var start = new CountDownLatch(1);
      List<Future<T>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        calls.add(
            threads.submit(
                () -> {
                  start.await();
                  return call.call();
                }));
      }
      start.countDown();
      List<T> replies = new ArrayList<>();
      for (Future<T> each : calls) {
        replies.add(each.get(20, TimeUnit.SECONDS));
      }
      return replies;
    } finally {
      threads.shutdownNow();
    }
  }
}
