package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AcceptedIdsTest {

  private final AcceptedIds ids = new AcceptedIds(Duration.ofMillis(100), 3);

  @Test
  void anIdIsKnownUntilTheWindowIsOver() {
    ids.add("a", 0, 1_000);
    assertThat(ids.has("b", 1, 1_000)).isFalse();
    assertThat(ids.has("a", 1, 1_099)).isTrue();
    assertThat(ids.has("a", 1, 1_100)).isFalse();
  }

  @Test
  void theWindowBeginsAnewWhenAnIdIsAcceptedAnew() {
    ids.add("a", 0, 1_000);
    assertThat(ids.add("a", 1, 1_100)).isZero();
    assertThat(ids.has("a", 2, 1_199)).isTrue();
    assertThat(ids.has("a", 2, 1_200)).isFalse();
  }

  @Test
  void aTimeThatRunsBackwardsShortensNoWindow() {
    ids.add("a", 0, 1_050);
    assertThat(ids.has("a", 1, 1_000)).isTrue();
    assertThat(ids.has("a", 1, 1_149)).isTrue();
  }

  @Test
  void anIdIsKnownForAsManyOffsetsAsTheReach() {
    ids.add("a", 5, 1_000);
    assertThat(ids.has("a", 8, 1_000)).isTrue();
    assertThat(ids.has("a", 9, 1_000)).isFalse();
  }

  @Test
  void whatIsForgottenWithinTheWindowIsCounted() {
    assertThat(ids.add("a", 5, 1_000)).isZero();
    assertThat(ids.add("b", 6, 1_000)).isZero();
    assertThat(ids.add("c", 7, 1_000)).isZero();
    assertThat(ids.add("d", 9, 1_000)).isEqualTo(2);
    assertThat(ids.has("b", 10, 1_000)).isFalse();
    assertThat(ids.has("c", 10, 1_000)).isTrue();
  }

  @Test
  void whatTheWindowForgetsIsNotCounted() {
    ids.add("a", 5, 1_000);
    ids.add("b", 6, 1_000);
    assertThat(ids.add("c", 100, 1_100)).isZero();
    assertThat(ids.has("a", 101, 1_050)).isFalse();
  }
}
