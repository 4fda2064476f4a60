package io.promptferry.local.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the working thread, and holds the end of the JVM
 * until that thread has tidied up: so there is one way out, through the {@code finally} blocks,
 * also in the middle of a start.
 */
public final class OrderlyEnd implements AutoCloseable {

  /** What a shell expects of a command that Ctrl-C ended. */
  public static final int EXIT_CODE = 130;

  /** Longer than a stack takes to stop; after it the leash takes the children. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch tidied = new CountDownLatch(1);
  private final Thread hook = new Thread(this::hold, "orderly-end");
  private volatile boolean asked;

  private OrderlyEnd() {}

  /** To be opened first and so closed last. */
  public static OrderlyEnd ofThisThread() {
    var end = new OrderlyEnd();
    Runtime.getRuntime().addShutdownHook(end.hook);
    return end;
  }

  /** Whether the end has been asked for. */
  public boolean asked() {
    return asked;
  }

  /** Waits until it is, at most {@code limit}; true if it is. */
  public boolean awaitAsked(Duration limit) {
    try {
      boolean ending = interrupted.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      // The interrupt has done its work; left standing it would break off the tidying up.
      return ending && (Thread.interrupted() || asked);
    } catch (InterruptedException e) {
      // The hook's own, or somebody else's who wants the same.
      return true;
    }
  }

  @Override
  public void close() {
    tidied.countDown();
    if (!asked()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It is just about to run, and will not wait.
      }
    }
  }

  private void hold() {
    asked = true;
    worker.interrupt();
    interrupted.countDown();
    try {
      tidied.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
