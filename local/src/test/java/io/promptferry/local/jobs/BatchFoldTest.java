package io.promptferry.local.jobs;

import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.batch;
import static io.promptferry.local.jobs.Batches.intent;
import static io.promptferry.local.jobs.Batches.receipt;
import static io.promptferry.local.jobs.Batches.running;
import static io.promptferry.local.jobs.Batches.state;
import static io.promptferry.local.jobs.Batches.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Skipped;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchFoldTest {

  private final BatchFold fold = BatchFold.summaries();

  @Test
  void aBatchGoesFromStateToState() {
    fold.add(batch("a", 0));
    assertThat(only().state()).isEqualTo("SEALED");
    fold.add(intent(batch("a", 0), 1));
    assertThat(only().state()).isEqualTo("INTENT");
    assertThat(only().submittedAt()).isEmpty();
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    assertThat(only().state()).isEqualTo("SUBMITTED");
    assertThat(only().submittedAt()).contains(at(2));
    assertThat(only().intentAt()).contains(at(1));
    fold.add(running("a", 3, 4, 60));
    assertThat(only().state()).isEqualTo("RUNNING");
    assertThat(only().estimatedEnd()).contains(at(60));
    assertThat(only().stats().orElseThrow().getSucceeded()).isEqualTo(3);
    fold.add(state("a", "SUCCEEDED", true, 50));
    assertThat(only().ended()).isTrue();
    assertThat(only().settled()).isFalse();
    assertThat(only().estimatedEnd()).isEmpty();
    fold.add(receipt("a", false, 3, 0, 51));
    assertThat(only().settled()).isFalse();
    fold.add(receipt("a", true, 9, 1, 52));
    assertThat(only().settled()).isTrue();
    assertThat(only().isIn(Set.of("SETTLED"))).isTrue();
    assertThat(only().isIn(Set.of("SUCCEEDED"))).isTrue();
    assertThat(only().isIn(Set.of("RUNNING"))).isFalse();
  }

  @Test
  void theOrderOfTopicsDoesNotMatter() {
    fold.add(receipt("a", true, 10, 0, 52));
    fold.add(state("a", "SUCCEEDED", true, 50));
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    fold.add(batch("a", 0));
    assertThat(only().state()).isEqualTo("SUCCEEDED");
    assertThat(only().settled()).isTrue();
    assertThat(only().jobName()).contains("batches/a");
  }

  @Test
  void aLateRunningDoesNotUndoAnEnd() {
    fold.add(batch("a", 0));
    fold.add(state("a", "FAILED", true, 50));
    fold.add(running("a", 3, 51, 60));
    assertThat(only().state()).isEqualTo("FAILED");

    BatchFold whole = BatchFold.whole("a");
    whole.add(batch("a", 0));
    whole.add(state("a", "FAILED", true, 50));
    whole.add(running("a", 3, 51, 60));
    assertThat(whole.find("a").orElseThrow().states()).hasSize(2);
    assertThat(whole.find("a").orElseThrow().state()).isEqualTo("FAILED");
  }

  @Test
  void aBatchWhoseBeginningIsGoneIsKnownFromItsLastState() {
    JobState end = state("a", "SUCCEEDED", true, 50);
    end.setSubmission(submitted(batch("a", 0), "batches/a", 2));
    fold.add(end);
    fold.add(receipt("b", true, 1, 0, 3));
    assertThat(only().id()).isEqualTo("a");
    assertThat(only().submittedAt()).contains(at(2));
  }

  @Test
  void onlyTheOneAskedForIsKeptWhole() {
    for (String name : List.of("a", "batches/ja", "ja")) {
      BatchFold whole = BatchFold.whole(name);
      for (String id : List.of("a", "b")) {
        whole.add(batch(id, 0));
        whole.add(
            submitted(
                batch(id, 0),
                "batches/j" + id,
                2,
                Skipped.newBuilder().setSpan(0).setOffset(12).setReason("R").build()));
        JobState first = running(id, 1, 3, 60);
        first.setJob("batches/j" + id);
        JobState second = running(id, 2, 4, 60);
        second.setJob("batches/j" + id);
        whole.add(first);
        whole.add(second);
      }
      BatchView a = whole.find(name).orElseThrow();
      assertThat(a.id()).isEqualTo("a");
      assertThat(a.batch().getSpans()).hasSize(1);
      assertThat(a.states()).hasSize(2);
      assertThat(a.job().map(Job::getSkipped).orElseThrow()).hasSize(1);
      BatchView b = whole.find("b").orElseThrow();
      assertThat(b.batch().getSpans()).isEmpty();
      assertThat(b.states()).hasSize(1);
      assertThat(b.job().map(Job::getSkipped).orElseThrow()).isEmpty();
      assertThat(b.skipped()).isEqualTo(1);
    }
    assertThat(fold.find("a")).isEmpty();
  }

  @Test
  void theOldestComesFirst() {
    fold.add(batch("x", 5));
    fold.add(batch("y", 3));
    assertThat(fold.views()).extracting(BatchView::id).containsExactly("y", "x");
  }

  private BatchView only() {
    assertThat(fold.views()).hasSize(1);
    return fold.views().get(0);
  }
}
