package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

  @ParameterizedTest
  @CsvSource({
    "-60, 5000",
    "0, 5000",
    "99, 5000",
    "100, 5000",
    "101, 5050",
    "600, 30000",
    "1199, 59950",
    "1200, 60000",
    "1201, 60000",
    "172800, 60000"
  })
  void withoutAnEstimateItIsATwentiethOfTheAgeWithinBounds(long age, long millis) {
    var pace = new Pace(PollBench.settings(false), () -> 0);
    assertThat(pace.next(T0, null, 1, T0.plusSeconds(age))).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3600, 60000",
    "3400, 3600, 50000",
    "3500, 3600, 25000",
    "3590, 3600, 5000",
    "3600, 3600, 5000",
    "3700, 3600, 25000",
    "10000, 3600, 60000",
    "120, 40, 6000", // long past its estimate, yet young
  })
  void itIsAQuarterOfTheDistanceToTheEndWithinBounds(long age, long end, long millis) {
    var pace = new Pace(PollBench.settings(false), () -> 0);
    assertThat(pace.next(T0, T0.plusSeconds(end), 1, T0.plusSeconds(age)))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0.0, 60000", "0.5, 54000", "1.0, 48000"})
  void upToAFifthIsLeftOut(double random, long millis) {
    var pace = new Pace(PollBench.settings(false), () -> random);
    assertThat(pace.next(T0, null, 1, T0.plusSeconds(9999))).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"1, 60000", "4, 30000", "100, 6000", "1000, 5000"})
  void inCompanyTheWaitIsShorterByTheSquareRoot(int company, long millis) {
    var pace = new Pace(PollBench.settings(false), () -> 0);
    assertThat(pace.next(T0, null, company, T0.plusSeconds(9999)))
        .isEqualTo(Duration.ofMillis(millis));
  }
}
