package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.memory.Call;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.RevokedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultSpoolTest {

  private static final JobState STATE =
      state(submission(List.of()), "SUCCEEDED", "files/out", null);

  @TempDir private Path folder;

  private final OwnedPartition<JobState> partition =
      new OwnedPartition<>(new TopicPartition("job-states", 0));
  private final MutableClock clock = new MutableClock(ENDED);
  private final InMemoryProvider provider = new InMemoryProvider(clock);

  @AfterEach
  void giveBack() {
    partition.close();
  }

  @Test
  void fetchesTheResultsIntoAFolderThatItMakes() throws Exception {
    provider.put("files/out", "lines");

    Path local = spool().fetch(STATE, partition.get()).orElseThrow();

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

    assertThat(spool().fetch(STATE, partition.get())).isPresent();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(2);
  }

  @Test
  void givesUpSoLongAfterTheJobEnded() throws Exception {
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofHours(12)));

    assertThat(spool().fetch(STATE, partition.get())).isEmpty();
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

    assertThat(spool().fetch(STATE, partition.get())).isPresent();
  }

  @Test
  void aJobThatEndedLongAgoIsGivenUpAfterThatWhile() throws Exception {
    clock.advance(Duration.ofDays(7));
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofMinutes(10)));

    assertThat(spool().fetch(STATE, partition.get())).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(1);
  }

  @Test
  void withoutATimeOfItsEndTheTimeOfTheObservationCounts() throws Exception {
    JobState unended = JobState.newBuilder(STATE).setEndedAt(null).build();
    provider.before(Call.DOWNLOAD, file -> clock.advance(Duration.ofDays(1).plusMillis(999)));
    assertThat(spool().fetch(STATE, partition.get())).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(1);

    var later = new MutableClock(ENDED);
    provider.before(Call.DOWNLOAD, file -> later.advance(Duration.ofDays(1).plusMillis(999)));
    var spool = new ResultSpool(Accounts.only(provider), Samples.settings(folder, 1, 1), later);
    assertThat(spool.fetch(unended, partition.get())).isEmpty();
    assertThat(provider.asked(Call.DOWNLOAD)).hasSize(3);
  }

  @Test
  void aPartitionThatIsTakenAwayEndsTheWait() {
    provider.before(Call.DOWNLOAD, file -> partition.revoke());

    assertThatThrownBy(() -> spool().fetch(STATE, partition.get()))
        .isInstanceOf(RevokedException.class);
  }

  @Test
  void clearsLocalAndRemoteFiles() throws IOException {
    Path local = Files.createFile(folder.resolve("results"));

    spool().clear(STATE, Optional.of(local));

    assertThat(local).doesNotExist();
    assertThat(provider.asked(Call.DISCARD)).containsExactly("files/in", "files/out");
  }

  @Test
  void clearsOnlyWhatThereIs() {
    JobState refused = state(submission(List.of()), "REFUSED");
    refused.getSubmission().setFile(null);

    spool().clear(refused, Optional.empty());

    assertThat(provider.asked(Call.DISCARD)).isEmpty();
  }

  @Test
  void aFileThatCannotBeDeletedStopsNothing() throws IOException {
    Path local = Files.createFile(folder.resolve("results"));
    provider.before(
        Call.DISCARD,
        file -> {
          throw new ProviderException(ProviderException.Kind.BUSY, 429, "", "later");
        });

    spool().clear(STATE, Optional.of(local));

    assertThat(local).doesNotExist();
    assertThat(provider.asked(Call.DISCARD)).containsExactly("files/in", "files/out");
  }

  private ResultSpool spool() {
    return new ResultSpool(
        Accounts.only(provider), Samples.settings(folder.resolve("a/b"), 1, 1), clock);
  }
}
