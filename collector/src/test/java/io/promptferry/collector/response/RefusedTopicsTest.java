package io.promptferry.collector.response;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusedTopicsTest {

  private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final RefusedTopics refused = new RefusedTopics(clock);

  @Test
  void theSmallestThatWasRefusedCounts() {
    refused.add("a", 200, Overflow.TOO_LARGE, "no");
    refused.add("a", 300, Overflow.TOO_LARGE, "no");

    assertThat(refused.of("a", 199)).isNull();
    assertThat(refused.of("a", 200)).isEqualTo(Overflow.TOO_LARGE);
  }

  @Test
  void aRefusalIsForgottenAfterAWhileAndBeginsAnewWithTheNext() {
    refused.add("a", 0, Overflow.REFUSED, "no");
    clock.advance(RefusedTopics.REMEMBERED);
    assertThat(refused.of("a", 1)).isEqualTo(Overflow.REFUSED);
    refused.add("a", 0, Overflow.REFUSED, "no");
    clock.advance(RefusedTopics.REMEMBERED);
    assertThat(refused.of("a", 1)).isEqualTo(Overflow.REFUSED);

    clock.advance(Duration.ofMillis(1));
    assertThat(refused.of("a", 1)).isNull();
    refused.add("a", 500, Overflow.TOO_LARGE, "no");
    assertThat(refused.of("a", 499)).isNull();
  }

  /** Names come from events, so that there is no end of them. */
  @Test
  void noMoreAreRememberedThanThereIsRoomFor() {
    for (int i = 0; i < 10_000; i++) {
      refused.add("t" + i, 0, Overflow.REFUSED, "no");
    }
    assertThat(refused.of("t0", 1)).isEqualTo(Overflow.REFUSED);

    refused.add("one more", 0, Overflow.REFUSED, "no");
    assertThat(refused.of("t0", 1)).isNull();
    assertThat(refused.of("one more", 1)).isEqualTo(Overflow.REFUSED);
  }
}
