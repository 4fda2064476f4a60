package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Totals;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final Outcome.Answered ANSWER =
      new Outcome.Answered("a", "{}", "STOP", new Usage(7L, 5L, 3L, 2L, 15L));

  @Test
  void countsAnswersAndTheirTokens() {
    var tally = new Tally(Totals.newBuilder().build());
    tally.add(ANSWER);
    tally.add(ANSWER);
    tally.add(new Outcome.Answered("a", "{}", null, null));

    assertThat(tally.totals()).isEqualTo(Samples.totals(3L, 0L, 0L, 0L, 14L, 10L, 6L, 4L));
  }

  @Test
  void whatIsTooLargeForItsTopicIsAFailureOfThatReasonAndCostsTheSame() {
    var tally = new Tally(Totals.newBuilder().build());
    tally.add(ANSWER);
    tally.add(ANSWER);
    for (int i = 0; i < 3; i++) {
      tally.add(new Outcome.Failed(ErrorReason.UNFINISHED, null, "unfinished", ANSWER));
    }
    tally.add(new Outcome.Failed(ErrorReason.ANSWER_MISFIT, null, "misfit", ANSWER));
    tally.shorten(null);
    tally.shorten("UNFINISHED");
    tally.shorten("ANSWER_MISFIT");

    assertThat(tally.totals())
        .isEqualTo(
            Totals.newBuilder(Samples.totals(1L, 5L, 0L, 0L, 42L, 30L, 18L, 12L))
                .setFailures(Map.of("UNFINISHED", 2L, "ANSWER_TOO_LARGE", 3L))
                .build());
  }

  @Test
  void countsFailuresAndTheTokensTheyCost() {
    var tally = new Tally(Totals.newBuilder().build());
    tally.add(new Outcome.Failed(ErrorReason.NO_RESULT, null, "none"));
    tally.add(new Outcome.Failed(ErrorReason.EMPTY_ANSWER, null, "empty", ANSWER));

    assertThat(tally.totals())
        .isEqualTo(
            Totals.newBuilder(Samples.totals(0L, 2L, 0L, 0L, 7L, 5L, 3L, 2L))
                .setFailures(Map.of("NO_RESULT", 1L, "EMPTY_ANSWER", 1L))
                .build());
  }

  @Test
  void countsWhatIsSentAgainAndTheTokensItCost() {
    var tally = new Tally(Totals.newBuilder().build());
    var empty = new Outcome.Failed(ErrorReason.EMPTY_ANSWER, null, "empty", ANSWER);
    tally.add(new Outcome.Retry(empty, Instant.EPOCH));
    tally.add(new Outcome.Parted(3, false, 3));

    assertThat(tally.totals())
        .isEqualTo(
            Totals.newBuilder(Samples.totals(0L, 0L, 2L, 0L, 7L, 5L, 3L, 2L))
                .setRetries(Map.of("EMPTY_ANSWER", 1L, "JOB_INVALID", 1L))
                .build());
  }

  @Test
  void goesOnFromEarlierTotalsWithoutChangingThem() {
    var start = Samples.totals(10L, 2L, 1L, 0L, 100L, 50L, 30L, 20L);
    var tally = new Tally(start);
    Totals before = tally.totals();
    tally.add(ANSWER);

    assertThat(tally.totals()).isEqualTo(Samples.totals(11L, 2L, 1L, 0L, 107L, 55L, 33L, 22L));
    assertThat(start).isEqualTo(Samples.totals(10L, 2L, 1L, 0L, 100L, 50L, 30L, 20L));
    assertThat(before).isEqualTo(start);
  }

  @Test
  void whatIsMissingHasVanished() {
    var tally = new Tally(Samples.totals(10L, 2L, 1L, 0L, 0L, 0L, 0L, 0L));

    assertThat(tally.closeWith(20)).isEqualTo(7);
    assertThat(tally.totals().getVanished()).isEqualTo(7);
  }

  @Test
  void nothingVanishesBelowNought() {
    var tally = new Tally(Samples.totals(10L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));

    assertThat(tally.closeWith(10)).isZero();
    assertThat(tally.closeWith(9)).isZero();
    assertThat(tally.totals().getVanished()).isZero();
  }
}
