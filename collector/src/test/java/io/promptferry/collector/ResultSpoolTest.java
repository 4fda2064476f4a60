package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.memory.Call;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.RevokedException;
import io.promptferry.runtime.log.LogScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class ResultSpoolTest {

  private static final JobState STATE =
      state(submission(List.of()), "SUCCEEDED", "files/out", null);

  @TempDir private Path folder;

  private final OwnedPartition<JobState> partition =
      new OwnedPartition<>(new TopicPartition("job-states", 0));
  private final MutableClock clock = new MutableClock(ENDED);
  private final InMemoryProvider provider = new InMemoryProvider(clock);

  private final SpoolRoom room = new SpoolRoom(100);
  private final ScheduledExecutorService executor = ResultSpool.executor(2);

  @AfterEach
  void giveBack() {
    executor.shutdownNow();
    partition.close();
  }

  @Test
  void fetchesTheResultsIntoAFolderThatItMakes() throws Exception {
    provider.put("files/out", "lines");

    Path local = spool().fetch(STATE, partition.get()).result().orElseThrow();

    assertThat(local).startsWith(folder).hasContent("lines");
    assertThat(local.getFileName().toString()).contains("b1");
  }

  @Test
  void triesAgainUntilTheFileCanBeRead() throws Exception {
    provider.before(
        Call.DOWNLOAD,
        file -> {
          if (provider.asked(Call.DOWNLOAD).size() == 2) {
            provider.put("files/out", "lines");
          }
        });

    assertThat(spool().fetch(STATE, partition.get()).result()).isPresent();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(2);
  }

  @Test
  void givesUpSoLongAfterTheJobEnded() throws Exception {
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofHours(12)));

    assertThat(spool().fetch(STATE, partition.get()).result()).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(2);
  }

  @Test
  void aJobThatEndedLongAgoIsTriedForAWhileAllTheSame() throws Exception {
    clock.advance(Duration.ofDays(7));
    provider.before(
        Call.DOWNLOAD,
        file -> {
          clock.advance(Duration.ofMinutes(5));
          if (provider.asked(Call.DOWNLOAD).size() == 2) {
            provider.put("files/out", "lines");
          }
        });

    assertThat(spool().fetch(STATE, partition.get()).result()).isPresent();
  }

  @Test
  void aJobThatEndedLongAgoIsGivenUpAfterThatWhile() throws Exception {
    clock.advance(Duration.ofDays(7));
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofMinutes(10)));

    assertThat(spool().fetch(STATE, partition.get()).result()).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(1);
  }

  @Test
  void withoutATimeOfItsEndTheTimeOfTheObservationCounts() throws Exception {
    JobState unended = JobState.newBuilder(STATE).setEndedAt(null).build();
    // The job was seen ended a second after its end.
    provider.before(
        Call.DOWNLOAD,
        file ->
            clock.advance(
                provider.asked(Call.DOWNLOAD).size() == 1
                    ? Duration.ofDays(1).plusMillis(999)
                    : Duration.ofMillis(1)));

    assertThat(spool().fetch(unended, partition.get()).result()).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(2);
  }

  @Test
  void aPartitionThatIsTakenAwayEndsTheWait() {
    provider.before(Call.DOWNLOAD, file -> partition.revoke());

    assertThatThrownBy(() -> spool().fetch(STATE, partition.get()))
        .isInstanceOf(RevokedException.class);
  }

  @Test
  void aPartitionThatIsTakenAwayLeavesNothing() throws Exception {
    provider.put("files/out", "lines");
    provider.after(Call.DOWNLOAD, file -> partition.revoke());

    assertThatThrownBy(() -> spool().fetch(STATE, partition.get()))
        .isInstanceOf(RevokedException.class);
    await().untilAsserted(() -> assertThat(results()).isEmpty());
    await().untilAsserted(() -> assertThat(room.taken()).isZero());
  }

  @Test
  void aWrongKeyIsWaitedForAndNeverEndsInFailure() throws Exception {
    provider.put("files/out", "lines");
    provider.keyIsWrong(true);
    provider.before(
        Call.DOWNLOAD,
        file -> {
          // Far beyond the time to give up, and not yet 48 hours.
          clock.advance(Duration.ofHours(23));
          provider.keyIsWrong(provider.asked(Call.DOWNLOAD).size() < 3);
        });

    assertThat(spool().fetch(STATE, partition.get()).result()).isPresent();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void whatIsNotPermittedIsWaitedForUntilTheProviderDeletesTheResults(int code) throws Exception {
    provider.before(
        Call.DOWNLOAD,
        file -> {
          clock.advance(Duration.ofHours(16));
          throw new ProviderException(ProviderException.Kind.REFUSED, code, "", "ask a person");
        });

    Fetch fetch = spool().fetch(STATE, partition.get());

    assertThat(fetch.result()).isEmpty();
    assertThat(fetch.why()).isEqualTo("ask a person");
    assertThat(provider.asked(Call.DOWNLOAD)).as("48 hours").hasSize(3);
  }

  @Test
  void aFileThatMayNotExistIsNoWrongKey() throws Exception {
    provider.before(
        Call.DOWNLOAD,
        file -> {
          clock.advance(Duration.ofHours(24));
          throw new ProviderException(
              ProviderException.Kind.NOT_FOUND, 403, "", "it may not exist");
        });

    assertThat(spool().fetch(STATE, partition.get()).result()).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(1);
  }

  /** What comes right after the key is mended has its ten minutes, although a day is over. */
  @Test
  void theTimeOfAWrongKeyIsNotThatOfTheResults() throws Exception {
    provider.keyIsWrong(true);
    provider.before(
        Call.DOWNLOAD,
        file -> {
          switch (provider.asked(Call.DOWNLOAD).size()) {
            case 1 -> clock.advance(Duration.ofHours(30));
            case 2 -> {
              clock.advance(Duration.ofMinutes(9));
              provider.keyIsWrong(false);
            }
            default -> provider.put("files/out", "lines");
          }
        });

    assertThat(spool().fetch(STATE, partition.get()).result()).isPresent();
  }

  @Test
  void aBrokenDiskIsToldToTheWorker() throws Exception {
    provider.before(
        Call.DOWNLOAD,
        file -> {
          throw new UncheckedIOException("disk full", new IOException());
        });

    Fetch fetch = spool().fetch(STATE, partition.get());

    assertThatThrownBy(fetch::result).isInstanceOf(IOException.class).hasMessageContaining("full");
    assertThat(room.taken()).isZero();
  }

  @Test
  void aFileWaitsForRoomUntilAnotherIsGone() throws Exception {
    provider.put("files/out", "x".repeat(60));
    ResultSpool spool = spool();
    Fetch first = spool.fetch(STATE, partition.get());
    assertThat(room.taken()).isEqualTo(60);

    Fetch second = spool.start(STATE);
    await().until(() -> provider.asked(Call.DOWNLOAD).size() == 2);
    await().during(Duration.ofMillis(600)).until(() -> !second.done());
    assertThat(provider.asked(Call.DOWNLOAD)).as("its size is known").hasSize(2);
    assertThat(results()).hasSize(1);

    first.cancel();
    await().until(second::done);
    assertThat(second.result()).isPresent();
    assertThat(room.taken()).isEqualTo(60);
    second.cancel();
    second.cancel();
    assertThat(room.taken()).isZero();
    assertThat(results()).isEmpty();
  }

  @Test
  void aFileLargerThanTheWholeIsGivenUpInItsTimeWithTheKeyToRaise() throws Exception {
    provider.put("files/out", "x".repeat(101));
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofHours(12)));

    Fetch fetch = spool().fetch(STATE, partition.get());

    assertThat(fetch.result()).isEmpty();
    assertThat(fetch.why()).contains("101", "100", "collect.spool.max.bytes");
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(2);
    assertThat(results()).isEmpty();
  }

  @Test
  void anAccountWithoutAKeyDoesNotHoldUpAnother() throws Exception {
    provider.put("files/out", "lines");
    JobState other = state(submission(List.of()), "SUCCEEDED", "files/out", null);
    other.getSubmission().getBatch().getLane().setAccount("other");
    ResultSpool spool = spool();
    var waiting = new ArrayList<Fetch>();
    for (int i = 0; i < 5; i++) {
      waiting.add(spool.start(other));
    }

    assertThat(spool.fetch(STATE, partition.get()).result()).isPresent();
    assertThat(waiting).noneMatch(Fetch::done);
    waiting.forEach(Fetch::cancel);
  }

  @Test
  void whatIsCancelledWhileItComesLeavesNothing() throws Exception {
    provider.put("files/out", "lines");
    var here = new CountDownLatch(1);
    var interrupted = new AtomicBoolean();
    provider.after(
        Call.DOWNLOAD,
        file -> {
          here.countDown();
          try {
            var unused = new CountDownLatch(1).await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
        });
    Fetch fetch = spool().start(STATE);
    assertThat(here.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(results()).hasSize(1);

    fetch.cancel();

    await().untilAsserted(() -> assertThat(results()).isEmpty());
    assertThat(interrupted).isTrue();
    assertThat(fetch.done()).isFalse();
    assertThatThrownBy(fetch::result).isInstanceOf(IllegalStateException.class);
    await().untilAsserted(() -> assertThat(room.taken()).isZero());
  }

  @Test
  void clearsRemoteFilesWithoutHoldingUp() throws Exception {
    var released = new CountDownLatch(1);
    provider.before(
        Call.DISCARD,
        file -> {
          try {
            assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    spool().clear(STATE);

    released.countDown();
    await().until(() -> provider.asked(Call.DISCARD).equals(List.of("files/in", "files/out")));
  }

  @Test
  void clearsOnlyWhatThereIs() throws Exception {
    JobState refused = state(submission(List.of()), "REFUSED");
    refused.getSubmission().setFile(null);

    spool().clear(refused);
    executor.shutdown();

    assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(provider.asked(Call.DISCARD)).isEmpty();
  }

  @Test
  @SuppressWarnings("try") // A scope does its work by being open.
  void whatOtherThreadsLogIsAboutTheBatchToo() throws Exception {
    var logged = new CopyOnWriteArrayList<String>();
    for (Call call : List.of(Call.DOWNLOAD, Call.DISCARD)) {
      provider.before(call, file -> logged.add(call + " " + MDC.get(LogScope.BATCH)));
    }
    provider.put("files/out", "lines");
    try (var scope = LogScope.ofBatch("b1", "batches/1")) {
      spool().fetch(STATE, partition.get());
      spool().clear(STATE);
    }

    await().untilAsserted(() -> assertThat(logged).hasSize(3));
    assertThat(logged).containsExactly("DOWNLOAD b1", "DISCARD b1", "DISCARD b1");
  }

  @Test
  void aFileThatCannotBeDeletedStopsNothing() throws Exception {
    provider.before(
        Call.DISCARD,
        file -> {
          throw new ProviderException(ProviderException.Kind.BUSY, 429, "", "later");
        });

    spool().clear(STATE);

    await().until(() -> provider.asked(Call.DISCARD).equals(List.of("files/in", "files/out")));
  }

  private ResultSpool spool() throws IOException {
    return new ResultSpool(
        Accounts.only(provider),
        SpoolFolder.open(folder.resolve("a/b")),
        room,
        executor,
        Duration.ofDays(1),
        clock);
  }

  private List<Path> results() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().contains(".results.")).toList();
    }
  }
}
