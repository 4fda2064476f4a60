package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.JobState;
import org.junit.jupiter.api.Test;

class PastTest {

  private final Past past = new Past();

  @Test
  void holdsTheLastStateOfEachUntilItIsTaken() {
    past.add(state("b1", "PENDING", false));
    past.add(state("b2", "PENDING", false));
    past.add(state("b1", "RUNNING", false));

    assertThat(past.take("b1")).isEqualTo(state("b1", "RUNNING", false));
    assertThat(past.take("b1")).isNull();
    assertThat(past.take("b3")).isNull();
    assertThat(past.take("b2")).isNotNull();
  }

  @Test
  void anEndStandsWhateverAPausedWriterSaysAfterIt() {
    JobState end = state("b1", "SUCCEEDED", true);
    end.setSubmission(submitted("b1"));
    past.add(end);
    past.add(state("b1", "RUNNING", false));

    assertThat(past.take("b1"))
        .as("without its submission")
        .isEqualTo(state("b1", "SUCCEEDED", true));
  }

  private static JobState state(String batchId, String state, boolean terminal) {
    return JobState.newBuilder()
        .setBatchId(batchId)
        .setState(state)
        .setTerminal(terminal)
        .setObservedAt(T0)
        .build();
  }
}
