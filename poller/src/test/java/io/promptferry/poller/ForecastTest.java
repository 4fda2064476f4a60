package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.Stats;
import io.promptferry.poller.Durations.Usual;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForecastTest {

  private static final Instant NOW = T0.plusSeconds(600);
  private static final Usual USUAL = new Usual(Duration.ofHours(1), Duration.ofHours(3));
  private static final Stats A_QUARTER = new Stats(100, 20, 5, 75);
  private static final Forecast NONE = new Forecast(null, null);

  @Test
  void withoutUsualTimesItGoesOnAsItWentSoFar() {
    // 600 s for a quarter: 1,800 s for the rest.
    assertThat(forecast(A_QUARTER, null)).isEqualTo(new Forecast(NOW.plusSeconds(1800), null));
    assertThat(forecast(new Stats(100, 100, 0, 0), null)).isEqualTo(new Forecast(NOW, null));
  }

  @Test
  void thereIsNoneWithoutProgressOrSense() {
    assertThat(forecast(null, null)).isEqualTo(NONE);
    assertThat(forecast(new Stats(100, 0, 0, 100), null)).isEqualTo(NONE);
    assertThat(forecast(new Stats(0, 3, 0, 0), null)).isEqualTo(NONE);
  }

  @Test
  void beforeTheFirstAnswerTheUsualTimeCountsFromTheBeginning() {
    var usual = new Forecast(T0.plus(USUAL.median()), T0.plus(USUAL.ninety()));
    assertThat(forecast(null, USUAL)).isEqualTo(usual);
    assertThat(forecast(new Stats(100, 0, 0, 100), USUAL)).isEqualTo(usual);
  }

  @Test
  void progressAndUsualTimeAreWeighedByTheShareDone() {
    // A quarter of the 2,400 s that progress promises, three quarters of the usual hour.
    Instant end = T0.plusSeconds(2400 / 4 + 3600 * 3 / 4);
    assertThat(forecast(A_QUARTER, USUAL))
        .isEqualTo(new Forecast(end, NOW.plus(Duration.ofHours(3).multipliedBy(3).dividedBy(4))));
    assertThat(forecast(new Stats(100, 99, 1, 0), USUAL)).isEqualTo(new Forecast(NOW, NOW));
  }

  @Test
  void aLargeOldJobDoesNotOverflow() {
    Instant later = T0.plus(Duration.ofDays(2));
    assertThat(Forecast.of(T0, new Stats(200_001, 1, 0, 0), null, later).end())
        .isEqualTo(later.plus(Duration.ofDays(400_000)));
  }

  private static Forecast forecast(@Nullable Stats stats, @Nullable Usual usual) {
    return Forecast.of(T0, stats, usual, NOW);
  }
}
