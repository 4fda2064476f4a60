package io.promptferry.runtime.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a loop on a thread of its own. A loop that fails is thrown away with all its clients and
 * made anew after a pause: one way back for every kind of failure, the same that a restart of the
 * process takes.
 */
public final class LoopPart implements Part {

  private static final Logger LOG = LoggerFactory.getLogger(LoopPart.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(20);

  /**
   * A loop that lived so long before it failed was well: its failure is the first of a new row. A
   * good round says nothing: while a consumer joins its group every round is good.
   */
  private static final Duration HEALTHY_LIFE = Duration.ofMinutes(1);

  /**
   * The bounds of a part.
   *
   * @param timeout a loop that has not come round for so long is dead ({@code loop.timeout.ms})
   * @param restarts failures in a row that end the part ({@code restart.max.attempts})
   */
  public record Limits(Duration timeout, int restarts) {}

  private final String name;
  private final Supplier<? extends Loop> factory;
  private final Limits limits;
  private final Clock clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Loop loop;
  private volatile Instant lastRound;
  private volatile @Nullable String failure;

  public LoopPart(String name, Supplier<? extends Loop> factory, Limits limits, Clock clock) {
    this.name = name;
    this.factory = factory;
    this.limits = limits;
    this.clock = clock;
    this.lastRound = clock.instant();
    this.thread = new Thread(this::runUntilStopped, name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    lastRound = clock.instant();
    thread.start();
  }

  @Override
  public boolean ready() {
    Loop current = loop;
    return current != null && current.ready();
  }

  @Override
  public boolean alive() {
    return failure == null && lastRound.plus(limits.timeout()).isAfter(clock.instant());
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(STOP_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn(
          "{} did not end within {}; what it held uncommitted will be done again", name, STOP_WAIT);
    }
  }

  private boolean stopping() {
    return stop.getCount() == 0;
  }

  private void runUntilStopped() {
    int failures = 0;
    while (!stopping() && failure == null) {
      Instant born = clock.instant();
      try (Loop current = factory.get()) {
        loop = current;
        while (!stopping()) {
          current.runOnce();
          lastRound = clock.instant();
        }
      } catch (Throwable e) {
        if (fatal(e) instanceof FatalException fatal) {
          failure = fatal.getMessage();
          return;
        }
        // Errors too: a thread that dies without a word would be missed only after the time-out.
        failures = born.plus(HEALTHY_LIFE).isBefore(clock.instant()) ? 1 : failures + 1;
        LOG.warn("{} failed, time {} in a row, and starts anew", name, failures, e);
        giveUpOrWait(failures, e);
      } finally {
        loop = null;
      }
    }
  }

  /** Kafka's consumer wraps what its rebalance listener throws. */
  private static @Nullable Throwable fatal(Throwable e) {
    @Nullable Throwable cause = e;
    while (cause != null && !(cause instanceof FatalException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private void giveUpOrWait(int failures, Throwable cause) {
    if (failures >= limits.restarts()) {
      failure =
          "%s failed %d times in a row (restart.max.attempts), the last time with: %s"
              .formatted(
                  name, failures, Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
      return;
    }
    Duration pause = Backoff.QUICK.after(failures, ThreadLocalRandom.current().nextDouble());
    try {
      if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("{} was stopped while it waited", name);
      }
      lastRound = clock.instant();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = name + " was interrupted";
    }
  }
}
