package io.promptferry.collector;

import io.promptferry.collector.SpoolRoom.NoRoomException;
import io.promptferry.collector.SpoolRoom.TooLargeException;
import io.promptferry.gemini.DiskSpace;
import io.promptferry.gemini.ProviderException;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.service.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A result file on its way to the local disk, in the background. A thread is held only while bytes
 * come: who waits for room, or after a failure, is scheduled again, so that an account whose key is
 * wrong does not hold up another. Safe for several threads.
 *
 * <p>Whoever has a file must be able to finish with it without another one: room for that may never
 * come while this one is held.
 */
final class Fetch {

  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);
  private static final Duration ROOM_POLL = Duration.ofMillis(250);

  /** The wait before a result file that cannot be read is asked for again. */
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(500), Duration.ofMinutes(1));

  /** Where the file comes from; as {@code BatchProvider.download}. */
  @FunctionalInterface
  interface Source {
    void download(Path target, DiskSpace space);
  }

  /**
   * What all fetches share.
   *
   * @param executor bounded by its threads
   */
  record Means(SpoolRoom room, ScheduledExecutorService executor) {}

  /** What came of it, or of one attempt. */
  private sealed interface Step {
    record Arrived() implements Step {}

    record GivenUp() implements Step {}

    record Broken(Throwable why) implements Step {}

    record Again(Duration after) implements Step {}
  }

  private final String batch;
  private final Source source;
  private final Path target;
  private final Patience patience;
  private final ScheduledExecutorService executor;
  private final SpoolRoom.Share share;
  private final Object lock = new Object();

  // Of one attempt after the other, each of which the executor shows what the last one wrote.
  private int failures;
  private boolean waited;

  // Guarded by the lock.
  private @Nullable Future<?> next;
  private @Nullable Step end;
  private boolean underWay;
  private boolean cancelled;
  private String why = "";

  private Fetch(String batch, Source source, Path target, Patience patience, Means means) {
    this.batch = batch;
    this.source = source;
    this.target = target;
    this.patience = patience;
    this.executor = means.executor();
    this.share = means.room().new Share();
  }

  /**
   * Begins to fetch.
   *
   * @param batch for the log
   * @param target a name of its own, in a folder that is there
   */
  static Fetch start(String batch, Source source, Path target, Patience patience, Means means) {
    var fetch = new Fetch(batch, source, target, patience, means);
    synchronized (fetch.lock) {
      fetch.schedule(Duration.ZERO);
    }
    return fetch;
  }

  /** Whether there is a {@link #result}. Never after {@link #cancel}. */
  boolean done() {
    synchronized (lock) {
      return end != null && !cancelled;
    }
  }

  /**
   * The file, there until {@link #cancel}; nothing when it was given up.
   *
   * @throws IOException when our side is broken, the disk above all
   * @throws IllegalStateException before it is done
   */
  Optional<Path> result() throws IOException {
    synchronized (lock) {
      if (end instanceof Step.Broken broken) {
        throw new IOException(
            "batch " + batch + ": cannot keep the results: " + broken.why().getMessage(),
            broken.why());
      }
      if (end == null || cancelled) {
        throw new IllegalStateException("batch " + batch + ": the results are not here");
      }
      return end instanceof Step.Arrived ? Optional.of(target) : Optional.empty();
    }
  }

  /** Why the last attempt failed; empty where none did. */
  String why() {
    synchronized (lock) {
      return why;
    }
  }

  /** Ends it if it is under way, removes the file if it is here, and gives back its room. */
  void cancel() {
    synchronized (lock) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      if (next != null) {
        next.cancel(true);
      }
      // What is under way clears up behind itself: it may be writing still.
      if (!underWay) {
        remove();
      }
    }
  }

  private void schedule(Duration after) {
    Runnable attempt = LogScope.carriedBy(this::attempt);
    next = executor.schedule(attempt, after.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void attempt() {
    synchronized (lock) {
      if (cancelled) {
        return;
      }
      underWay = true;
    }
    Step step = tryOnce();
    synchronized (lock) {
      underWay = false;
      if (cancelled) {
        remove();
      } else if (step instanceof Step.Again again) {
        schedule(again.after());
      } else {
        end = step;
      }
    }
  }

  private Step tryOnce() {
    boolean arrived = false;
    try {
      if (!share.claim()) {
        return awaitRoom();
      }
      if (waited) {
        waited = false;
        patience.begin();
      }
      source.download(target, share::need);
      arrived = true;
      return new Step.Arrived();
    } catch (NoRoomException e) {
      return awaitRoom();
    } catch (ProviderException | TooLargeException e) {
      return failed(e);
    } catch (RuntimeException | Error e) {
      // The worker throws it again, where it is counted and told.
      return new Step.Broken(e);
    } finally {
      if (!arrived) {
        share.release();
      }
    }
  }

  private Step awaitRoom() {
    if (!waited) {
      waited = true;
      LOG.info("batch {}: the results wait for room, see {}", batch, SpoolBounds.MAX_BYTES);
    }
    return new Step.Again(ROOM_POLL);
  }

  private Step failed(RuntimeException e) {
    synchronized (lock) {
      why = String.valueOf(e.getMessage());
      if (cancelled) {
        return new Step.GivenUp();
      }
    }
    boolean last = patience.endsWith(e);
    LOG.warn(
        "batch {}: cannot read the results, {}{}: {}",
        batch,
        last ? "which are given up" : "and go on trying",
        Patience.concernsUs(e)
            ? " until the provider deletes them, "
                + Patience.KEPT_BY_PROVIDER.toHours()
                + " h after the job's end"
            : "",
        e.getMessage());
    if (last) {
      return new Step.GivenUp();
    }
    failures++;
    return new Step.Again(BACKOFF.after(failures, ThreadLocalRandom.current().nextDouble()));
  }

  private void remove() {
    try {
      Files.deleteIfExists(target);
    } catch (IOException e) {
      LOG.warn("{} was left behind: {}", target, e.getMessage());
    }
    share.leave();
  }
}
