package io.promptferry.batcher.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SweepPartTest {

  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void goesOnWhateverARoundThrows() {
    try (var part =
        new SweepPart(
            "sweep",
            () -> {
              if (rounds.incrementAndGet() == 1) {
                throw new AssertionError("a bug");
              }
            },
            Duration.ZERO,
            Duration.ofMillis(1))) {
      part.start();
      await().until(() -> rounds.get() > 2);
      assertThat(part.alive()).isTrue();
      assertThat(part.failure()).isEmpty();
    }
    int atTheEnd = rounds.get();
    await().during(Duration.ofMillis(50)).until(() -> rounds.get() == atTheEnd);
  }

  @Test
  void waitsBeforeTheFirstRoundAndEndsAtOnce() {
    try (var part =
        new SweepPart("sweep", rounds::incrementAndGet, Duration.ofDays(1), Duration.ofDays(1))) {
      part.start();
      assertThat(part.ready()).as("nobody waits for it").isTrue();
    }
    assertThat(rounds).hasValue(0);
  }

  @Test
  void aRoundThatHangsIsInterruptedAtTheEnd() throws InterruptedException {
    var inside = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    var part =
        new SweepPart(
            "sweep",
            () -> {
              inside.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            },
            Duration.ZERO,
            Duration.ofDays(1));
    part.start();
    inside.await();
    assertThat(part.alive()).as("however long it takes").isTrue();
    part.close();
    assertThat(interrupted.getCount()).isZero();
  }
}
