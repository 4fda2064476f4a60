package io.promptferry.batcher.submit;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch on its way to one job. The order is what makes it safe: nothing is created before an
 * intent is in the log, each create is one request, and where its outcome is unknown the provider
 * is searched before anything is created again.
 */
final class Submission {

  private static final Logger LOG = LoggerFactory.getLogger(Submission.class);

  private final BatchProvider provider;
  private final Doubt doubt;
  private final RequestFile requests;
  private final JobLog log;
  private final Insistence insistence;
  private final Clock clock;
  private final Batch batch;
  private final long offset;
  private final Path spool;
  private final String displayName;
  private final Supplier<String> fileNames;
  private final Instant giveUpAt;

  /** The last create of this life that left a doubt, which {@link #adopt} has settled since. */
  private @Nullable ProviderException unsettled;

  /**
   * Names and bounds of one submission.
   *
   * @param offset of the batch in its topic
   * @param spool the local file to write
   * @param displayName the job's name at the provider, by which it is found again
   * @param fileNames a new remote file name each time, since a broken upload may hold its name
   */
  record Terms(
      Batch batch,
      long offset,
      Path spool,
      String displayName,
      Supplier<String> fileNames,
      Instant giveUpAt) {}

  Submission(
      BatchProvider provider,
      Doubt doubt,
      RequestFile requests,
      JobLog log,
      Insistence insistence,
      Terms terms,
      Clock clock) {
    this.provider = provider;
    this.doubt = doubt;
    this.requests = requests;
    this.log = log;
    this.insistence = insistence;
    this.clock = clock;
    this.batch = terms.batch();
    this.offset = terms.offset();
    this.spool = terms.spool();
    this.displayName = terms.displayName();
    this.fileNames = terms.fileNames();
    this.giveUpAt = terms.giveUpAt();
  }

  /**
   * Sees the batch through to a job, or to the record that there will be none.
   *
   * @param earlier the intent that an earlier life left, whose job may exist
   */
  void run(Optional<Job> earlier) throws IOException, InterruptedException {
    Job intent = earlier.orElse(null);
    boolean ended = false;
    while (!ended) {
      if (intent != null && (adopt(intent) || givenUp(unsettled, intent.getSkipped()))) {
        return;
      }
      intent = prepare();
      ended = intent == null || create(intent);
    }
  }

  /**
   * Records the job that the intent led to, if it did. Never gives up: while in doubt, no other may
   * be created.
   */
  private boolean adopt(Job intent) throws InterruptedException {
    while (true) {
      try {
        Optional<RemoteJob> found = doubt.settle(displayName, String.valueOf(intent.getFile()));
        found.ifPresent(
            job -> {
              LOG.info("batch {} had its job already: {}", batch.getBatchId(), job.name());
              log.submitted(intent, offset, job.name(), job.created());
            });
        return found.isPresent();
      } catch (ProviderException e) {
        insistence.waitAfter("find", e);
      }
    }
  }

  /**
   * Writes and uploads the file and records the intent; null when the batch is finished without a
   * job.
   */
  private @Nullable Job prepare() throws IOException, InterruptedException {
    RequestFile.Written written = requests.write(batch, spool);
    try {
      if (written.lines() == 0) {
        log.refused(batch, offset, written.skipped(), null);
        return null;
      }
      while (true) {
        try {
          RemoteFile file = provider.upload(spool, fileNames.get());
          return log.intent(batch, offset, file.name(), written.skipped());
        } catch (ProviderException e) {
          if (givenUp(e, written.skipped())) {
            return null;
          }
          insistence.waitAfter("upload", e);
        }
      }
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  /**
   * Creates the job; false when it must be looked for. A file or model that is not found counts
   * among these: what expired while the provider was busy is uploaded anew.
   */
  private boolean create(Job intent) throws InterruptedException {
    while (true) {
      try {
        RemoteJob job =
            provider.create(
                batch.getLane().getModel(), String.valueOf(intent.getFile()), displayName);
        log.submitted(intent, offset, job.name(), job.created());
        LOG.info(
            "batch {} is job {}: {} prompts", batch.getBatchId(), job.name(), batch.getCount());
        return true;
      } catch (ProviderException e) {
        boolean certainlyNot =
            e.kind() == ProviderException.Kind.BUSY || e.kind() == ProviderException.Kind.REFUSED;
        if (certainlyNot && givenUp(e, intent.getSkipped())) {
          return true;
        }
        insistence.waitAfter("create", e);
        if (!certainlyNot) {
          unsettled = e;
          return false;
        }
      }
    }
  }

  /** Only to be asked while no job can exist. */
  private boolean givenUp(@Nullable ProviderException last, List<Skipped> skipped) {
    if (last == null || clock.instant().isBefore(giveUpAt)) {
      return false;
    }
    LOG.error(
        "batch {} is given up after submit.give.up.after.ms: {}",
        batch.getBatchId(),
        last.getMessage());
    JobError refusal =
        JobError.newBuilder()
            .setCode(last.code())
            .setMessage(String.valueOf(last.getMessage()))
            .build();
    log.refused(batch, offset, skipped, refusal);
    return true;
  }
}
