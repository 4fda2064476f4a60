package io.promptferry.batcher.sweep;

import static io.promptferry.batcher.sweep.Records.job;
import static io.promptferry.batcher.sweep.Records.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.JobPhase;
import org.junit.jupiter.api.Test;

class WantedFilesTest {

  private final WantedFiles wanted = new WantedFiles();

  @Test
  void aFileThatNobodyNamesIsNotWanted() {
    assertThat(wanted.contains("files/a")).isFalse();
  }

  @Test
  void aFileIsWantedFromItsIntentToTheEndOfItsJob() {
    wanted.add(job(JobPhase.INTENT, "b", "files/a"));
    assertThat(wanted.contains("files/a")).isTrue();
    wanted.add(job(JobPhase.SUBMITTED, "b", "files/a"));
    wanted.add(state("b", "RUNNING", false));
    assertThat(wanted.contains("files/a")).isTrue();
    wanted.add(state("b", "SUCCEEDED", true));
    assertThat(wanted.contains("files/a")).isFalse();
  }

  @Test
  void theEndOfAnotherJobEndsNothing() {
    wanted.add(job(JobPhase.SUBMITTED, "b", "files/a"));
    wanted.add(state("c", "SUCCEEDED", true));
    assertThat(wanted.contains("files/a")).isTrue();
  }

  @Test
  void anEndThatIsReadFirstEndsItAllTheSame() {
    wanted.add(state("b", "EXPIRED", true));
    wanted.add(job(JobPhase.SUBMITTED, "b", "files/a"));
    assertThat(wanted.contains("files/a")).isFalse();
  }

  @Test
  void aRefusedBatchWantsNothingAnyMore() {
    wanted.add(job(JobPhase.INTENT, "b", "files/a"));
    wanted.add(job(JobPhase.REFUSED, "b", null));
    assertThat(wanted.contains("files/a")).isFalse();
  }

  /** The job that is found may be that of the first. */
  @Test
  void everyFileThatWasNamedForABatchCountsUntilItsEnd() {
    wanted.add(job(JobPhase.INTENT, "b", "files/1"));
    wanted.add(job(JobPhase.INTENT, "b", "files/2"));
    assertThat(wanted.contains("files/1")).isTrue();
    assertThat(wanted.contains("files/2")).isTrue();
  }
}
