package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenLanesTest {

  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration STAY = Duration.ofSeconds(10);

  private final OpenLanes lanes = new OpenLanes(2);

  private static Lane lane(Object tenant) {
    return new Lane("m", "default", LaneKind.NORMAL, Map.of("tenant", tenant.toString()));
  }

  private boolean admit(String tenant, int second) {
    return lanes.admit(lane(tenant), STAY, START.plusSeconds(second));
  }

  @Test
  void soManyAreOpenAndTheirPromptsStillCome() {
    assertThat(admit("a", 0)).isTrue();
    assertThat(admit("b", 0)).isTrue();
    assertThat(admit("c", 0)).isFalse();
    assertThat(admit("a", 1)).isTrue();
    assertThat(lanes.size()).isEqualTo(2);
  }

  @Test
  void aQuietLaneMakesRoom() {
    admit("a", 0);
    admit("b", 5);
    assertThat(admit("c", 9)).isFalse();
    assertThat(admit("c", 10)).isTrue();
    assertThat(admit("a", 10)).isFalse();
    assertThat(lanes.size()).isEqualTo(2);
  }

  @Test
  void everyPromptKeepsItsLaneOpen() {
    admit("a", 0);
    admit("b", 0);
    admit("a", 9);
    assertThat(admit("c", 10)).isTrue();
    assertThat(admit("d", 18)).isFalse();
    assertThat(admit("d", 19)).isTrue();
  }

  @Test
  void aRefusedLaneDoesNotHoldAPlace() {
    admit("a", 0);
    admit("b", 0);
    admit("c", 9);
    assertThat(admit("d", 10)).isTrue();
    assertThat(admit("e", 10)).isTrue();
  }

  /** Against a slow map, with lanes that stay for different times. */
  @Test
  void isAsAMapOfLastTimesWouldBe() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var many = new OpenLanes(20);
    var until = new HashMap<Integer, Instant>();
    Instant now = START;
    for (int i = 0; i < 20_000; i++) {
      now = now.plusMillis(random.nextInt(40));
      Instant time = now;
      int tenant = random.nextInt(60);
      Duration stay = Duration.ofMillis(tenant % 3 * 250L + 1);
      until.values().removeIf(end -> !end.isAfter(time));
      boolean expected = until.containsKey(tenant) || until.size() < 20;
      if (expected) {
        until.put(tenant, now.plus(stay));
      }
      assertThat(many.admit(lane(tenant), stay, now))
          .as("seed %d, %d", seed, i)
          .isEqualTo(expected);
      assertThat(many.size()).as("seed %d, %d", seed, i).isEqualTo(until.size());
    }
  }
}
