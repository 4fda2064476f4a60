package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What watching costs, and how late it is, beside asking for every open job each 30 seconds. */
class PollCostTest extends PollBench {

  private static final Logger LOG = LoggerFactory.getLogger(PollCostTest.class);
  private static final double POLL_SECONDS = 30;

  private record Run(String batchId, Instant begun, Instant ends) {
    double seconds() {
      return Duration.between(begun, ends).toMillis() / 1000.0;
    }
  }

  /** Calls for each that the simple poll makes, and how late an end is noticed. */
  private record Cost(double calls, double secondsLate) {}

  @Test
  void manyJobsCostFewerCallsAndAreNoticedSooner() throws Exception {
    Cost cost = costOf(runs(150, 120));
    assertThat(cost.calls()).isLessThan(0.3);
    assertThat(cost.secondsLate()).isLessThan(POLL_SECONDS / 2);
  }

  @Test
  void aFewJobsCostFewerCallsAndAreNoticedWithinHalfTheLongestWait() throws Exception {
    Cost cost = costOf(runs(50, 3_600));
    assertThat(cost.calls()).isLessThan(0.7);
    assertThat(cost.secondsLate()).isLessThan(LONGEST.toSeconds() / 2.0);
  }

  private Cost costOf(List<Run> runs) throws Exception {
    provider.listInPagesOf(100);
    var waiting = new ArrayList<>(runs);
    var running = new ArrayList<Run>();
    long offset = 0;
    while (!waiting.isEmpty() || committed(P0) < runs.size()) {
      clock.advance(Duration.ofSeconds(1));
      Instant now = clock.instant();
      while (!waiting.isEmpty() && !waiting.get(0).begun().isAfter(now)) {
        Run run = waiting.remove(0);
        Job job = submitted(run.batchId());
        job.setAt(run.begun());
        add(P0, offset++, job);
        provider.show(remote(run.batchId(), "RUNNING"));
        running.add(run);
      }
      for (Run run : List.copyOf(running)) {
        if (!run.ends().isAfter(now)) {
          provider.show(remote(run.batchId(), "SUCCEEDED", "files/out", null, null, run.ends()));
          running.remove(run);
        }
      }
      loop.runOnce();
    }
    double simple = runs.stream().mapToDouble(run -> run.seconds() / POLL_SECONDS).sum();
    double calls = provider.asked().size() + provider.listed();
    double late =
        reported().stream()
            .filter(JobState::getTerminal)
            .mapToDouble(s -> Duration.between(s.getEndedAt(), s.getObservedAt()).toMillis())
            .average()
            .orElseThrow();
    LOG.info(
        "calls per finished job {} (simple poll {}), noticed after {} s (simple poll {} s)",
        calls / runs.size(),
        simple / runs.size(),
        late / 1000,
        POLL_SECONDS / 2);
    return new Cost(calls / simple, late / 1000);
  }

  /** Jobs of some 40 minutes, made at random. */
  private static List<Run> runs(int jobs, double secondsBetween) {
    var random = new Random(1);
    var runs = new ArrayList<Run>();
    Instant begun = T0;
    for (int i = 0; i < jobs; i++) {
      begun = begun.plusMillis((long) (-Math.log(1 - random.nextDouble()) * secondsBetween * 1000));
      double seconds = 2_400 * Math.exp(0.5 * random.nextGaussian());
      runs.add(new Run("b" + i, begun, begun.plusMillis((long) (seconds * 1000))));
    }
    return runs;
  }
}
