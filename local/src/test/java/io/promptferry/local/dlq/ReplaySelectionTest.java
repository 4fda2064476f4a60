package io.promptferry.local.dlq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.dlq.ReplayPlan.LeftOut;
import io.promptferry.schemas.HeaderNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplaySelectionTest {

  private static final LetterFilter FILTER =
      new LetterFilter(
          Set.of("BAD_MODEL", "NO_MODEL"), Optional.empty(), Optional.empty(), Optional.empty());

  @Test
  void takesAllThatMatchAndNamesTheTimeBehindThem() throws Exception {
    ReplayPlan plan =
        plan(10, letter(0, 5), letter(1, 3), Letters.letter(2, 9, "TWO_FORMS", 0), letter(3, 7));
    assertThat(offsets(plan)).containsExactly(1L, 0L, 3L);
    assertThat(plan.more()).isZero();
    assertThat(plan.next()).hasValue(Letters.START.plusMillis(8));
    assertThat(plan.byTopicAndReason()).isEqualTo(Map.of("prompts", Map.of("BAD_MODEL", 3L)));
  }

  @Test
  void takesTheOldestUpToTheLimitAndCountsTheOthers() throws Exception {
    ReplayPlan plan = plan(2, letter(0, 5), letter(1, 3), letter(2, 9), letter(3, 7));
    assertThat(offsets(plan)).containsExactly(1L, 0L);
    assertThat(plan.more()).isEqualTo(2);
    assertThat(plan.next()).hasValue(Letters.START.plusMillis(7));
  }

  @Test
  void endsBetweenTwoMilliseconds() throws Exception {
    ReplayPlan plan = plan(2, letter(0, 3), letter(1, 5), letter(2, 5), letter(3, 5));
    assertThat(offsets(plan)).containsExactly(0L);
    assertThat(plan.more()).isEqualTo(3);
    assertThat(plan.next()).hasValue(Letters.START.plusMillis(5));
  }

  @Test
  void moreAtOnceThanTheLimitIsRefused() {
    assertThatThrownBy(() -> plan(2, letter(0, 5), letter(1, 5), letter(2, 5)))
        .isInstanceOf(TooManyAtOnceException.class)
        .hasMessage("more than 2 letters bear the time 2026-03-10T12:00:00.005Z: raise --limit");
  }

  @Test
  void leavesOutWhatWasReplayedOftenAndWhatHasNoOrigin() throws Exception {
    DeadLetter byHand =
        new DeadLetter(
            new Coordinates("prompts.dlq", 0, 4),
            Letters.START,
            Letters.START,
            "NO_MODEL",
            "",
            new Coordinates("prompts.dlq", 0, 4),
            Optional.empty(),
            0,
            OptionalLong.empty(),
            false);
    ReplayPlan plan =
        plan(
            10,
            Letters.letter(0, 1, "BAD_MODEL", 2),
            Letters.letter(1, 2, "BAD_MODEL", 3),
            Letters.letter(2, 3, "BAD_MODEL", 4),
            byHand);
    assertThat(offsets(plan)).containsExactly(0L);
    assertThat(plan.leftOut()).isEqualTo(Map.of(LeftOut.OFTEN_REPLAYED, 2L, LeftOut.NO_ORIGIN, 1L));
    assertThat(plan.more()).isZero();
  }

  @Test
  void leavesOutWhatIsNotAllOfThePrompt() throws Exception {
    DeadLetter incomplete =
        DeadLetter.of(Letters.record("v", Letters.rejected(HeaderNames.KEY_BYTES, "950000")));
    ReplayPlan plan = plan(10, letter(0, 1), incomplete);
    assertThat(offsets(plan)).containsExactly(0L);
    assertThat(plan.leftOut()).isEqualTo(Map.of(LeftOut.INCOMPLETE, 1L));
  }

  @Test
  void leavesOutWhatMeetsAnotherObstacle() throws Exception {
    var selection = new ReplaySelection(FILTER, 3, 10);
    selection.add(letter(0, 1));
    selection.add(letter(1, 2));
    ReplayPlan plan =
        selection.plan(
            letter ->
                letter.place().offset() == 0 ? Optional.of(LeftOut.VALUE_GONE) : Optional.empty());
    assertThat(offsets(plan)).containsExactly(1L);
    assertThat(plan.leftOut()).isEqualTo(Map.of(LeftOut.VALUE_GONE, 1L));
  }

  @Test
  void nothingThatMatchesIsNothingToSend() throws Exception {
    ReplayPlan plan = plan(10, Letters.letter(2, 9, "TWO_FORMS", 0));
    assertThat(plan).isEqualTo(new ReplayPlan(List.of(), Map.of(), 0, Optional.empty()));
  }

  private static DeadLetter letter(long offset, int millis) {
    return Letters.letter(offset, millis, "BAD_MODEL", 0);
  }

  private static ReplayPlan plan(int limit, DeadLetter... letters) throws Exception {
    var selection = new ReplaySelection(FILTER, 3, limit);
    List.of(letters).forEach(selection::add);
    return selection.plan(letter -> Optional.empty());
  }

  private static List<Long> offsets(ReplayPlan plan) {
    return plan.letters().stream().map(letter -> letter.place().offset()).toList();
  }
}
