package io.promptferry.local.demo;

import static io.promptferry.local.jobs.Batches.START;
import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.running;
import static io.promptferry.local.jobs.Batches.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.JobState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrivalTest {

  @Test
  void theLastJobToEndCounts() {
    assertThat(Arrival.of(List.of(job("a", 40, 60), job("b", 30, 90), job("c", 20, 20))))
        .contains(new Arrival(at(40), Optional.of(at(90))));
  }

  @Test
  void aBoundThatIsNotKnownOfEachIsNone() {
    assertThat(Arrival.of(List.of(job("a", 40, 60), running("b", 5, 0, 30))))
        .contains(new Arrival(at(40), Optional.empty()));
  }

  @Test
  void withoutAnEstimateOfEachNothingIsSaid() {
    assertThat(Arrival.of(List.of(job("a", 40, 60), state("b", "RUNNING", false, 0)))).isEmpty();
    assertThat(Arrival.of(List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          40   | 58   | about 40s left, likely under 59s
          40   | 60   | about 40s left, likely under 1m
          40   | 61   | about 40s left, likely under 2m
          7500 | 9000 | about 2h05m left, likely under 2h30m
          40   |      | about 40s left
          -1   | 30   | likely under 31s left
          0    | 30   | likely under 31s left
          -30  | -10  | taking longer than usual
          -30  |      | taking longer than usual
          """)
  void whatIsLeftInWords(int likely, Integer latest, String text) {
    var arrival = new Arrival(at(likely), Optional.ofNullable(latest).map(s -> at(s)));
    assertThat(arrival.text(START)).isEqualTo(text);
  }

  private static JobState job(String id, int likely, int latest) {
    JobState job = running(id, 5, 0, likely);
    job.setEstimatedLatest(at(latest));
    return job;
  }
}
