package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.assemble.ParkedSlices.Parked;
import io.promptferry.batcher.assemble.ParkedTally.Load;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ParkedTallyTest {

  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final ParkedTally tally = new ParkedTally();

  private static Parked scheduled(Instant came, int prompts) {
    return new Parked(NOON.plus(HOUR), came, 0, Slices.of(Slices.FLASH, 0, prompts).build());
  }

  private static Parked retry(Instant came, int prompts) {
    Instant due = NOON.plusSeconds(30);
    return new Parked(due, came, 0, Slices.of(Slices.FLASH, 0, prompts).setNotBefore(due).build());
  }

  @Test
  void nothingIsNoAge() {
    assertThat(tally.isEmpty()).isTrue();
    assertThat(tally.load(NOON)).isEqualTo(new Load(0, 0, 0, 0));
  }

  @Test
  void theAgeIsThatOfTheFirstThatIsLeftToTheMinute() {
    tally.add(scheduled(NOON, 5));
    tally.add(scheduled(NOON.plusSeconds(59), 5));
    tally.add(scheduled(NOON.plusSeconds(200), 7));
    assertThat(tally.load(NOON.plus(HOUR))).isEqualTo(new Load(0, 3, 17, 3600));
    tally.remove(scheduled(NOON, 5));
    assertThat(tally.load(NOON.plus(HOUR)).oldestSeconds()).isEqualTo(3600);
    tally.remove(scheduled(NOON.plusSeconds(59), 5));
    assertThat(tally.load(NOON.plus(HOUR))).isEqualTo(new Load(0, 1, 7, 3600 - 180));
    tally.remove(scheduled(NOON.plusSeconds(200), 7));
    assertThat(tally.isEmpty()).isTrue();
  }

  @Test
  void aRetryIsOneUntilItsTimeHasComeAndThenWaitsForItsWindow() {
    tally.add(retry(NOON, 3));
    assertThat(tally.load(NOON)).isEqualTo(new Load(1, 0, 3, 0));
    tally.remove(retry(NOON, 3));
    tally.add(retry(NOON, 3).until(NOON.plus(HOUR)));
    assertThat(tally.load(NOON)).isEqualTo(new Load(0, 1, 3, 0));
  }

  @Test
  void whatCameAfterNowHasNoAge() {
    tally.add(scheduled(NOON.plus(HOUR), 1));
    assertThat(tally.load(NOON).oldestSeconds()).isZero();
  }
}
