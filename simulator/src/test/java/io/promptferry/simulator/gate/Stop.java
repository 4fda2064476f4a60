package io.promptferry.simulator.gate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where a request, and with it the instance that made it, stands still. */
public final class Stop {

  private static final long MOST_SECONDS = 30;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /** Stands still until it is released. */
  public void stand() throws InterruptedException {
    reached.countDown();
    require(released, "nobody released it");
  }

  /** Waits until the instance stands here. */
  public void awaitReached() throws InterruptedException {
    require(reached, "the call was not made");
  }

  /** Lets it go on. */
  public void release() {
    released.countDown();
  }

  private static void require(CountDownLatch latch, String complaint) throws InterruptedException {
    if (!latch.await(MOST_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(complaint + " for " + MOST_SECONDS + " seconds");
    }
  }
}
