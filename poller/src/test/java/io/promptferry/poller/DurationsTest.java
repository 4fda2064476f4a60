package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.poller.Durations.Usual;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {

  private final Durations durations = new Durations();

  @Test
  void tellsTheHalfAndTheNinthTenth() {
    for (int i = 10; i >= 1; i--) {
      add("b" + i, "m", 500, i);
    }
    assertThat(durations.usual(sized("x", "m", 500)))
        .isEqualTo(new Usual(Duration.ofSeconds(5), Duration.ofSeconds(9)));
  }

  @Test
  void modelsAndPowersOfTenAreApart() {
    for (int i = 1; i <= 3; i++) {
      add("b" + i, "m", 100, i);
    }
    assertThat(durations.usual(sized("x", "m", 999))).isNotNull();
    assertThat(durations.usual(sized("x", "m", 1000))).isNull();
    assertThat(durations.usual(sized("x", "m", 99))).isNull();
    assertThat(durations.usual(sized("x", "other", 100))).isNull();
  }

  @Test
  void aFewSayNothing() {
    add("b1", "m", 1, 1);
    add("b2", "m", 1, 2);
    assertThat(durations.usual(sized("x", "m", 1))).isNull();
    add("b3", "m", 1, 3);
    assertThat(durations.usual(sized("x", "m", 1)))
        .isEqualTo(new Usual(Duration.ofSeconds(2), Duration.ofSeconds(3)));
  }

  @Test
  void onlySuccessesCountAndEachOnce() {
    for (int i = 0; i < 5; i++) {
      add("b1", "m", 1, 7);
      durations.add(ended("c" + i, "m", 1, 7).setState("EXPIRED").build());
      durations.add(ended("d" + i, "m", 1, 7).setSubmission(null).build());
      durations.add(ended("e" + i, "m", 1, -7).build());
    }
    assertThat(durations.usual(sized("x", "m", 1))).isNull();
  }

  @Test
  void theOldestGiveWay() {
    for (int i = 1; i <= Durations.PER_KIND; i++) {
      add("old" + i, "m", 1, 1);
    }
    for (int i = 1; i <= Durations.PER_KIND; i++) {
      add("new" + i, "m", 1, 100);
    }
    assertThat(durations.usual(sized("x", "m", 1)))
        .isEqualTo(new Usual(Duration.ofSeconds(100), Duration.ofSeconds(100)));

    for (int i = 0; i < Durations.KINDS; i++) {
      add("b", "m" + i, 1, 1);
    }
    assertThat(durations.usual(sized("x", "m", 1))).isNull();
  }

  private void add(String batchId, String model, int count, int seconds) {
    durations.add(ended(batchId, model, count, seconds).build());
  }

  private static JobState.Builder ended(String batchId, String model, int count, int seconds) {
    Job submission = sized(batchId, model, count);
    return JobState.newBuilder()
        .setBatchId(batchId)
        .setState("SUCCEEDED")
        .setTerminal(true)
        .setObservedAt(T0)
        .setEndedAt(T0.plusSeconds(seconds))
        .setSubmission(submission);
  }
}
