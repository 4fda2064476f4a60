package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@link BatchProvider} on jobs. */
abstract class JobsContract extends FilesContract {

  @Test
  void aCreateIsOneJob() throws IOException {
    String file = upload("in-1", "content");

    RemoteJob job = provider().create(MODEL, file, NAME);

    assertThat(job.name()).startsWith("batches/");
    assertThat(job.displayName()).isEqualTo(NAME);
    assertThat(job.model()).isEqualTo(MODEL);
    assertThat(job.inputFile()).isEqualTo(file);
    assertThat(job.terminal()).isFalse();
    assertThat(job.resultFile()).isNull();
    assertThat(job.error()).isNull();
    assertThat(job.created()).isNotNull();
    assertThat(job.ended()).isNull();
    assertThat(all()).extracting(RemoteJob::name).containsExactly(job.name());
    RemoteJob seen = provider().get(job.name()).orElseThrow();
    assertThat(seen.displayName()).isEqualTo(NAME);
    assertThat(seen.model()).isEqualTo(MODEL);
    assertThat(seen.inputFile()).isEqualTo(file);
    assertThat(seen.created()).isEqualTo(job.created());
    assertThat(seen.terminal()).isFalse();
  }

  @Test
  void aModelMayComeWithItsPrefix() throws IOException {
    RemoteJob job = provider().create("models/" + MODEL, upload("in-1", "content"), NAME);

    assertThat(job.model()).isEqualTo(MODEL);
    assertThat(provider().get(job.name())).map(RemoteJob::model).contains(MODEL);
  }

  @Test
  void twoCreatesAreTwoJobs() throws IOException {
    String file = upload("in-1", "content");
    RemoteJob one = provider().create(MODEL, file, NAME);
    RemoteJob other = provider().create(MODEL, file, NAME);

    assertThat(other.name()).isNotEqualTo(one.name());
    assertThat(provider().find(NAME))
        .extracting(RemoteJob::name)
        .containsExactlyInAnyOrder(one.name(), other.name());
    assertThat(provider().find(NAME)).extracting(RemoteJob::inputFile).containsOnly(file);
  }

  @Test
  void withoutItsInputOrModelThereIsNoJob() throws IOException {
    String file = upload("in-1", "content");

    assertFails(Kind.NOT_FOUND, () -> provider().create(MODEL, "files/none", NAME));
    assertFails(Kind.NOT_FOUND, () -> provider().create(absentModel(), file, NAME));
    assertThat(all()).isEmpty();
  }

  @Test
  void whatCannotNameAModelOrAFileIsRefused() throws IOException {
    String file = upload("in-1", "content");
    for (String model : List.of("", "a b", "a?b", "../a", "a&b")) {
      assertFails(Kind.REFUSED, () -> provider().create(model, file, NAME));
    }
    assertFails(Kind.REFUSED, () -> provider().create(MODEL, "in-1", NAME));
    assertThat(all()).isEmpty();
  }

  @Test
  void aJobWhoseReplyWasLostIsFound() throws Exception {
    String file = upload("in-1", "content");
    loseReplies();

    assertFails(Kind.UNKNOWN, () -> provider().create(MODEL, file, NAME));
    assertThat(provider().find(NAME)).extracting(RemoteJob::inputFile).containsExactly(file);
  }

  @Test
  void severalThreadsCreateAJobEach() throws Exception {
    String file = upload("in-1", "content");

    List<String> names = together(() -> provider().create(MODEL, file, NAME).name());

    assertThat(names).doesNotHaveDuplicates();
    assertThat(provider().find(NAME))
        .extracting(RemoteJob::name)
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void aJobIsFoundOnWhicheverPageItStands() throws IOException {
    List<RemoteJob> jobs = create(5);
    for (int i = 0; i < 5; i++) {
      assertThat(provider().find("ferry/b" + i))
          .extracting(RemoteJob::name)
          .containsExactly(jobs.get(i).name());
    }
  }

  @Test
  void onlyTheExactDisplayNameIsFound() throws IOException {
    create(5);
    for (String other : List.of("ferry/b", "ferry/b11", "FERRY/B1", "b1", "ferry/", "*", "")) {
      assertThat(provider().find(other)).as(other).isEmpty();
    }
  }

  @Test
  void jobsOfOneNameAreFoundOnAllPages() throws IOException {
    List<RemoteJob> jobs = new ArrayList<>();
    jobs.add(provider().create(MODEL, upload("first", "content"), NAME));
    create(5).stream().filter(job -> job.displayName().equals(NAME)).forEach(jobs::add);

    assertThat(jobs).hasSize(2);
    assertThat(provider().find(NAME))
        .extracting(RemoteJob::name)
        .containsExactlyInAnyOrderElementsOf(jobs.stream().map(RemoteJob::name).toList());
  }

  @Test
  void aProjectWithoutJobsHasOneEmptyPage() {
    assertThat(provider().list("")).isEqualTo(new JobPage(List.of(), ""));
    assertThat(provider().find(NAME)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void pagesHoldAllJobsNewestFirst(int count) throws IOException {
    List<String> newestFirst =
        new ArrayList<>(create(count).stream().map(RemoteJob::name).toList());
    Collections.reverse(newestFirst);

    List<RemoteJob> listed = new ArrayList<>();
    JobPage page = provider().list("");
    while (!page.last()) {
      assertThat(page.jobs()).hasSize(2);
      listed.addAll(page.jobs());
      String next = page.next();
      page = provider().list(next);
      assertThat(provider().list(next)).as("read again").isEqualTo(page);
    }
    listed.addAll(page.jobs());

    assertThat(listed).extracting(RemoteJob::name).containsExactlyElementsOf(newestFirst);
  }

  @Test
  void listFindAndGetShowTheSameJob() throws IOException {
    RemoteJob job = succeeded(done());

    assertThat(provider().list("").jobs()).containsExactly(job);
    assertThat(provider().find(job.displayName())).containsExactly(job);
    assertThat(provider().get(job.name())).contains(job);
  }

  @Test
  void whatIsNoTokenOfAPageIsRefused() {
    assertFails(Kind.REFUSED, () -> provider().list("no token"));
  }

  @Test
  void aJobThatTheProviderDoesNotKnowIsEmpty() {
    assertThat(provider().get("batches/none")).isEmpty();
  }

  @Test
  void namesOfJobsAreChecked() {
    for (String bad : List.of("", "b1", "batches/", "batches/a/b", "batches/a?b", "files/a")) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> provider().get(bad));
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> provider().cancel(bad));
    }
  }

  @Test
  void aJobThatSucceededShowsItsEndAndItsResults() throws IOException {
    RemoteJob job = succeeded(done());

    assertThat(job.state()).isEqualTo("SUCCEEDED");
    assertThat(job.terminal()).isTrue();
    assertThat(job.resultFile()).startsWith("files/");
    assertThat(job.error()).isNull();
    assertThat(job.ended()).isNotNull().isAfterOrEqualTo(job.created());
  }

  @Test
  void aJobThatIsCancelledEnds() throws IOException {
    RemoteJob job = provider().create(MODEL, upload("in-1", "content"), NAME);
    RemoteJob other = provider().create(MODEL, upload("in-2", "content"), NAME);

    provider().cancel(job.name());
    RemoteJob ended =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> provider().get(job.name()).orElseThrow(), RemoteJob::terminal);

    assertThat(ended.state()).isEqualTo("CANCELLED");
    assertThat(ended.ended()).isNotNull();
    assertThat(ended.resultFile()).isNull();
    assertThat(ended.inputFile()).isEqualTo("files/in-1");
    assertThat(provider().get(other.name())).map(RemoteJob::terminal).contains(false);

    provider().cancel(job.name());
    assertThat(provider().get(job.name())).contains(ended);
  }

  @Test
  void cancellingAJobThatSucceededChangesNothing() throws IOException {
    RemoteJob job = succeeded(done());

    provider().cancel(job.name());

    assertThat(provider().get(job.name())).contains(job);
  }

  @Test
  void anAbsentJobCannotBeCancelled() {
    assertFails(Kind.NOT_FOUND, () -> provider().cancel("batches/none"));
  }
}
