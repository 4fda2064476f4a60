package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SeenIdsTest {

  private final AtomicInteger forgotten = new AtomicInteger();
  private final SeenIds ids = new SeenIds(Duration.ofMillis(100), 3, forgotten::incrementAndGet);

  @Test
  void anIdRepeatsUntilTheWindowIsOver() {
    assertThat(ids.repeats("a", 1_000)).isFalse();
    assertThat(ids.repeats("b", 1_000)).isFalse();
    assertThat(ids.repeats("a", 1_099)).isTrue();
    assertThat(ids.repeats("b", 1_100)).isFalse();
  }

  @Test
  void theWindowBeginsWithTheLastTimeThatAnIdWasSeen() {
    assertThat(ids.repeats("a", 1_000)).isFalse();
    assertThat(ids.repeats("a", 1_090)).isTrue();
    assertThat(ids.repeats("a", 1_180)).isTrue();
    assertThat(ids.repeats("a", 1_280)).isFalse();
  }

  @Test
  void aTimeThatRunsBackwardsShortensNoWindow() {
    ids.repeats("a", 1_050);
    assertThat(ids.repeats("a", 1_000)).isTrue();
    assertThat(ids.repeats("a", 1_149)).isTrue();
  }

  @Test
  void pastTheBoundTheIdSeenLongestAgoIsForgotten() {
    ids.repeats("a", 1_000);
    ids.repeats("b", 1_001);
    ids.repeats("c", 1_002);
    ids.repeats("a", 1_003);
    assertThat(forgotten).hasValue(0);
    ids.repeats("d", 1_004);
    assertThat(forgotten).hasValue(1);
    assertThat(ids.repeats("a", 1_005)).isTrue();
    assertThat(ids.repeats("b", 1_006)).isFalse();
  }

  @Test
  void whatTheWindowForgetsIsNotCountedAgainstTheBound() {
    ids.repeats("a", 1_000);
    ids.repeats("b", 1_000);
    ids.repeats("c", 1_000);
    ids.repeats("d", 1_100);
    assertThat(forgotten).hasValue(0);
  }
}
