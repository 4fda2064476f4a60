package io.promptferry.collector;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.log.LogScope;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches result files to the local disk, and clears up behind a collected batch. One for each
 * instance: its bounds are over all partitions.
 */
final class ResultSpool {

  private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Batches whose remote files wait to be deleted; past this they are left to expire. */
  private static final int MAX_CLEARING = 1_000;

  private final Accounts accounts;
  private final SpoolFolder folder;
  private final Fetch.Means means;
  private final Duration giveUpAfter;
  private final Clock clock;
  private final AtomicInteger clearing = new AtomicInteger();

  /**
   * Of one instance.
   *
   * @param executor runs downloads and deletions, as many at a time as it has threads
   */
  ResultSpool(
      Accounts accounts,
      SpoolFolder folder,
      SpoolRoom room,
      ScheduledExecutorService executor,
      Duration giveUpAfter,
      Clock clock) {
    this.accounts = accounts;
    this.folder = folder;
    this.means = new Fetch.Means(room, executor);
    this.giveUpAfter = giveUpAfter;
    this.clock = clock;
  }

  /** Threads that end with the process: what they do can be done again, or expires. */
  static ScheduledExecutorService executor(int downloads) {
    var executor =
        new ScheduledThreadPoolExecutor(
            downloads,
            task -> {
              var thread = new Thread(task, "collect-download");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** Begins to fetch the results of a job that has some; whoever asked for it cancels it. */
  Fetch start(JobState state) {
    String file = String.valueOf(state.getResultFile());
    return Fetch.start(
        state.getBatchId(),
        // Each time with the key of that moment.
        (target, space) -> provider(state).download(file, target, space),
        folder.file(state.getBatchId()),
        new Patience(state, giveUpAfter, clock),
        means);
  }

  /** The same to its end; cancelled by the partition's revocation. */
  Fetch fetch(JobState state, AssignedPartition<?> partition) throws InterruptedException {
    Fetch fetch = start(state);
    try {
      while (!fetch.done()) {
        partition.pause(POLL);
      }
      return fetch;
    } catch (InterruptedException | RuntimeException e) {
      fetch.cancel();
      throw e;
    }
  }

  /** With the key of the account that made the job. */
  private BatchProvider provider(JobState state) {
    Job submission = Objects.requireNonNull(state.getSubmission(), "stands on every last state");
    return accounts.of(submission.getBatch().getLane().getAccount());
  }

  /**
   * Deletes the remote files that a settled batch no longer needs, in the background; what stays
   * behind costs storage until the provider expires it.
   */
  void clear(JobState state) {
    if (state.getSubmission() == null) {
      return;
    }
    if (clearing.incrementAndGet() > MAX_CLEARING) {
      clearing.decrementAndGet();
      LOG.warn("batch {}: its remote files are left to expire", state.getBatchId());
      return;
    }
    means
        .executor()
        .execute(
            LogScope.carriedBy(
                () -> {
                  try {
                    discard(state, state.getSubmission().getFile());
                    discard(state, state.getResultFile());
                  } finally {
                    clearing.decrementAndGet();
                  }
                }));
  }

  private void discard(JobState state, @Nullable String file) {
    if (file == null) {
      return;
    }
    try {
      provider(state).discard(file);
    } catch (RuntimeException e) {
      // Nobody else would see it; the batch is settled, whatever becomes of its files.
      LOG.warn("batch {}: {} was left behind: {}", state.getBatchId(), file, e.getMessage());
    }
  }

  /** The spool as configured. */
  static ResultSpool open(
      Accounts accounts, CollectSettings settings, SpoolBounds bounds, Clock clock)
      throws IOException {
    return new ResultSpool(
        accounts,
        SpoolFolder.open(settings.spool()),
        new SpoolRoom(bounds.maxBytes()),
        executor(bounds.downloads()),
        settings.giveUpAfter(),
        clock);
  }
}
