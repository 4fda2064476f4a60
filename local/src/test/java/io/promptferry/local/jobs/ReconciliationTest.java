package io.promptferry.local.jobs;

import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.batch;
import static io.promptferry.local.jobs.Batches.intent;
import static io.promptferry.local.jobs.Batches.state;
import static io.promptferry.local.jobs.Batches.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.RemoteJob;
import io.promptferry.local.jobs.Finding.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

  private static final int NOW = 1000;

  private final BatchFold fold = BatchFold.summaries();

  @Test
  void whatAgreesIsNotReported() {
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    assertThat(compare(job("a", "RUNNING", null))).isEmpty();
    assertThat(compare(job("a", "SUCCEEDED", NOW - 60))).as("within the grace").isEmpty();
    fold.add(state("a", "SUCCEEDED", true, 100));
    assertThat(compare(job("a", "SUCCEEDED", 100))).isEmpty();
    assertThat(compare()).as("a job that has ended may be gone").isEmpty();
  }

  @Test
  void aJobThatTheProviderDoesNotKnowIsReported() {
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    assertThat(compare()).containsExactly(Kind.UNKNOWN_JOB);
  }

  @Test
  void aJobThatWasJustMadeMayBeMissingFromTheList() {
    fold.add(submitted(batch("a", 0), "batches/a", NOW - 60));
    assertThat(compare()).isEmpty();
  }

  @Test
  void aJobThatIsNotRecordedIsReported() {
    assertThat(compare(job("a", "RUNNING", null))).containsExactly(Kind.UNRECORDED_JOB);
    fold.add(batch("a", 0));
    assertThat(compare(job("a", "RUNNING", null))).containsExactly(Kind.UNRECORDED_JOB);
    fold.add(intent(batch("a", 0), NOW - 400));
    assertThat(compare(job("a", "RUNNING", null))).containsExactly(Kind.UNRECORDED_JOB);
  }

  @Test
  void aJobThatIsBeingRecordedIsNot() {
    fold.add(intent(batch("a", 0), NOW - 60));
    assertThat(compare(job("a", "RUNNING", null))).isEmpty();
    assertThat(compare()).isEmpty();
  }

  @Test
  void aSecondJobOfABatchIsReportedUnlessItWasCancelled() {
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    assertThat(compare(job("a", "RUNNING", null), job("b", "SUCCEEDED", 100)))
        .containsExactly(Kind.DUPLICATE);
    assertThat(compare(job("a", "RUNNING", null), job("b", "CANCELLED", 100))).isEmpty();
  }

  @Test
  void anEndThatNobodyRecordedIsReported() {
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    assertThat(compare(job("a", "SUCCEEDED", NOW - 400))).containsExactly(Kind.NOT_NOTICED);
    assertThat(compare(job("a", "CANCELLED", NOW - 400))).containsExactly(Kind.NOT_NOTICED);
  }

  private List<Kind> compare(RemoteJob... jobs) {
    return new Reconciliation(at(NOW), Duration.ofMinutes(5))
        .compare(fold.views(), Map.of("a", Arrays.asList(jobs))).stream()
            .map(Finding::kind)
            .toList();
  }

  private static RemoteJob job(String id, String state, @Nullable Integer ended) {
    return new RemoteJob(
        "batches/" + id,
        "promptferry/a",
        "m",
        state,
        "files/in",
        null,
        null,
        null,
        at(2),
        ended == null ? null : at(ended));
  }
}
