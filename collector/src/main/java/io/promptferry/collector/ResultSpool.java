package io.promptferry.collector;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.AssignedPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches result files to the local disk, and clears up behind a collected batch. */
final class ResultSpool {

  private static final Logger LOG = LoggerFactory.getLogger(ResultSpool.class);

  /**
   * Tried for so long at least, however long ago the job ended: after an outage of ours a single
   * broken connection must not cost a batch its answers.
   */
  private static final Duration LEAST_TRIED = Duration.ofMinutes(10);

  private final Accounts accounts;
  private final CollectSettings settings;
  private final Clock clock;

  ResultSpool(Accounts accounts, CollectSettings settings, Clock clock) {
    this.accounts = accounts;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The results on disk; nothing when they could not be read in time. Ends early by the partition's
   * revocation.
   */
  Optional<Path> fetch(JobState state, AssignedPartition<?> partition)
      throws IOException, InterruptedException {
    Files.createDirectories(settings.spool());
    Path target = settings.spool().resolve(state.getBatchId() + ".results.jsonl");
    Instant giveUpAt = giveUpAt(state);
    for (int failures = 1; ; failures++) {
      try {
        provider(state).download(String.valueOf(state.getResultFile()), target);
        return Optional.of(target);
      } catch (ProviderException e) {
        LOG.warn(
            "batch {}: cannot read the results {} ({}): {}",
            state.getBatchId(),
            state.getResultFile(),
            e.kind(),
            e.getMessage());
        if (!clock.instant().isBefore(giveUpAt)) {
          return Optional.empty();
        }
        partition.pause(
            CollectSettings.DOWNLOAD_BACKOFF.after(
                failures, ThreadLocalRandom.current().nextDouble()));
      }
    }
  }

  /** With the key of the account that made the job. */
  private BatchProvider provider(JobState state) {
    Job submission = Objects.requireNonNull(state.getSubmission(), "stands on every last state");
    return accounts.of(submission.getBatch().getLane().getAccount());
  }

  private Instant giveUpAt(JobState state) {
    Duration patience = settings.giveUpAfter();
    Instant ended = Objects.requireNonNullElse(state.getEndedAt(), state.getObservedAt());
    Instant byAge = ended.plus(patience);
    Instant byTrying =
        clock.instant().plus(patience.compareTo(LEAST_TRIED) < 0 ? patience : LEAST_TRIED);
    return byAge.isAfter(byTrying) ? byAge : byTrying;
  }

  /**
   * Deletes what the batch no longer needs; what stays behind costs storage until the provider
   * expires it.
   */
  void clear(JobState state, Optional<Path> local) {
    if (local.isPresent()) {
      try {
        Files.deleteIfExists(local.get());
      } catch (IOException e) {
        LOG.warn("{} was left behind: {}", local.get(), e.getMessage());
      }
    }
    if (state.getSubmission() == null) {
      return;
    }
    discard(state, state.getSubmission().getFile());
    discard(state, state.getResultFile());
  }

  private void discard(JobState state, @Nullable String file) {
    if (file == null) {
      return;
    }
    try {
      provider(state).discard(file);
    } catch (ProviderException e) {
      LOG.warn("batch {}: {} was left behind: {}", state.getBatchId(), file, e.getMessage());
    }
  }
}
