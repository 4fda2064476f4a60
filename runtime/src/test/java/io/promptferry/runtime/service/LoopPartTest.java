package io.promptferry.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.runtime.ManualClock;
import io.promptferry.runtime.service.LoopPart.Limits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopPartTest {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final ManualClock clock = new ManualClock();
  private final List<TestLoop> loops = new CopyOnWriteArrayList<>();
  private Round round = number -> {};
  private LoopPart part = part(3);

  /** What the loops of a test do. */
  private interface Round {
    /**
     * @param number of the round in its loop, from 1
     */
    void run(int number) throws Exception;
  }

  private final class TestLoop implements Loop {
    private volatile int rounds;
    private volatile boolean closed;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread runs a loop
    public void runOnce() throws Exception {
      rounds++;
      round.run(rounds);
      TimeUnit.MILLISECONDS.sleep(1);
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @AfterEach
  void close() {
    part.close();
  }

  @Test
  void runsRoundAfterRound() {
    part.start();
    await().until(() -> loops.size() == 1 && loops.get(0).rounds > 3);
    assertThat(part.ready()).isTrue();
    assertThat(part.alive()).isTrue();
    assertThat(part.failure()).isEmpty();
    assertThat(part.name()).isEqualTo("test");
  }

  @Test
  void isNotReadyBeforeItStarts() {
    assertThat(part.ready()).isFalse();
  }

  @Test
  void aLoopThatFailsIsThrownAwayAndMadeAnew() {
    round =
        number -> {
          if (loops.size() == 1) {
            throw new IllegalStateException("once");
          }
        };
    part.start();
    await().until(() -> loops.size() == 2 && loops.get(1).rounds > 1);
    assertThat(loops.get(0).closed).isTrue();
    assertThat(loops.get(1).closed).isFalse();
    assertThat(part.failure()).isEmpty();
    assertThat(part.ready()).isTrue();
  }

  @Test
  void failuresInARowEndItAndNameTheKey() {
    round =
        number -> {
          throw new IllegalStateException("no luck");
        };
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(part.failure())
        .contains(
            "test failed 3 times in a row (restart.max.attempts), the last time with: no luck");
    assertThat(part.alive()).isFalse();
    assertThat(part.ready()).isFalse();
    assertThat(loops).hasSize(3).allMatch(loop -> loop.closed);
  }

  @Test
  void aFewGoodRoundsDoNotBreakTheRow() {
    round =
        number -> {
          if (number == 5) {
            throw new IllegalStateException("again");
          }
        };
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(loops).hasSize(3);
  }

  @Test
  void aLongLifeBreaksTheRow() {
    part = part(2);
    round =
        number -> {
          clock.advance(Duration.ofSeconds(61));
          throw new IllegalStateException("now and then");
        };
    part.start();
    await().until(() -> loops.size() == 4);
    assertThat(part.failure()).isEmpty();
  }

  @Test
  void aLoopThatCannotBeMadeIsAFailure() {
    part =
        new LoopPart(
            "test",
            () -> {
              throw new IllegalStateException("no broker");
            },
            new Limits(TIMEOUT, 2),
            clock);
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(part.failure().orElseThrow()).endsWith("the last time with: no broker");
  }

  @Test
  void anErrorIsAFailureLikeAnother() {
    round =
        number -> {
          throw new StackOverflowError();
        };
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(part.failure().orElseThrow()).endsWith("java.lang.StackOverflowError");
    assertThat(loops).hasSize(3).allMatch(loop -> loop.closed);
  }

  @Test
  void whatANewTryCannotMendEndsItAtOnce() {
    round =
        number -> {
          throw new FatalException("set this and that");
        };
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(part.failure()).contains("set this and that");
    assertThat(loops).singleElement().matches(loop -> loop.closed);
  }

  @Test
  void whatARebalanceListenerCannotMendEndsItToo() {
    round =
        number -> {
          throw new KafkaException("callback", new FatalException("set this and that"));
        };
    part.start();
    await().until(() -> part.failure().isPresent());
    assertThat(part.failure()).contains("set this and that");
    assertThat(loops).singleElement().matches(loop -> loop.closed);
  }

  @Test
  void aLoopThatHangsIsNotAlive() {
    var hang = new CountDownLatch(1);
    var hanging = new CountDownLatch(1);
    round =
        number -> {
          if (number == 2) {
            hanging.countDown();
            hang.await();
          }
        };
    part.start();
    await().until(() -> hanging.getCount() == 0);
    clock.advance(TIMEOUT.minusMillis(1));
    assertThat(part.alive()).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(part.alive()).isFalse();
    hang.countDown();
    await().until(part::alive);
  }

  @Test
  void timeBeforeTheStartDoesNotCount() {
    clock.advance(TIMEOUT.plusMillis(1));
    var hang = new CountDownLatch(1);
    round = number -> hang.await();
    part.start();
    assertThat(part.alive()).isTrue();
    hang.countDown();
  }

  @Test
  void closingEndsTheLoop() {
    part.start();
    await().until(() -> loops.size() == 1);
    part.close();
    assertThat(loops).singleElement().matches(loop -> loop.closed);
    assertThat(part.ready()).isFalse();
    assertThat(part.failure()).isEmpty();
    part.close();
  }

  @Test
  void closingEndsTheWaitAfterAFailure() {
    part = part(100);
    round =
        number -> {
          throw new IllegalStateException("again");
        };
    part.start();
    // By the fourth failure the wait is 1.6 seconds at the least.
    await().until(() -> loops.size() == 4 && loops.get(3).closed);
    long before = System.nanoTime();
    part.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(1_500));
    assertThat(loops).hasSize(4);
  }

  @Test
  void closingWhatWasNeverStartedIsHarmless() {
    part.close();
    assertThat(loops).isEmpty();
  }

  private LoopPart part(int restarts) {
    return new LoopPart(
        "test",
        () -> {
          var loop = new TestLoop();
          loops.add(loop);
          return loop;
        },
        new Limits(TIMEOUT, restarts),
        clock);
  }
}
