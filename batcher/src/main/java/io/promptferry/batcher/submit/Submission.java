package io.promptferry.batcher.submit;

import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.batcher.submit.Attempt.Wait;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.trace.BatchSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch on its way to one job, an attempt at a time. The order is what makes it safe: nothing
 * is created before an intent is in the log, each create is one request, and where its outcome is
 * unknown the provider is searched before anything is created again.
 */
final class Submission {

  private static final Logger LOG = LoggerFactory.getLogger(Submission.class);

  /** Files live for 48 hours: a younger one that is not found is a model that is not found. */
  private static final Duration CERTAINLY_THERE = Duration.ofHours(24);

  private final Tools tools;
  private final Insistence insistence;
  private final Batch batch;
  private final Terms terms;
  private final Refusal refusal;
  private final Entrance entrance;
  private final SubmitSpans spans;

  /** What was recorded before the create; null while no file is at the provider. */
  private @Nullable Job intent;

  /** The search for a job that may exist. */
  private @Nullable Inquiry inquiry;

  private @Nullable Instant uploadedAt;

  /**
   * Begins.
   *
   * @param earlier the intent that an earlier life or another instance left, whose job may exist
   */
  Submission(Tools tools, Insistence insistence, Terms terms, Optional<Job> earlier) {
    this.tools = tools;
    this.insistence = insistence;
    this.batch = terms.batch();
    this.terms = terms;
    this.refusal = new Refusal(tools, terms);
    this.entrance = new Entrance(tools, batch, refusal);
    this.spans = new SubmitSpans(batch);
    earlier.ifPresent(
        job -> {
          tools.capacity().hold(batch);
          inquire(job, terms.quarantine());
        });
  }

  Batch batch() {
    return batch;
  }

  long offset() {
    return terms.offset();
  }

  /** Goes as far as it gets without a wait. */
  Attempt attempt() throws IOException {
    Inquiry open = inquiry;
    Optional<Attempt> settled =
        open == null ? Optional.empty() : spans.in("find job", () -> settle(open));
    if (settled.isPresent()) {
      return settled.get();
    }
    try {
      Optional<Attempt> closed = entrance.closed(intent);
      if (closed.isPresent()) {
        return closed.get();
      }
      return spans
          .in("submit batch", () -> prepare().or(() -> Optional.of(create())))
          .orElseThrow();
    } finally {
      entrance.leave();
    }
  }

  /** This instance has no more to do with the batch. */
  void drop() {
    tools.capacity().release(batch.getBatchId());
  }

  /**
   * A job may exist: searches for it, and records it or forgets the intent. Never gives up: while
   * in doubt, no other may be created.
   */
  private Optional<Attempt> settle(Inquiry open) {
    try {
      Inquiry.Finding found = open.search();
      if (found.notBefore().isPresent()) {
        return Optional.of(new Wait(found.notBefore().get(), Reason.DOUBT));
      }
      if (found.job().isPresent()) {
        RemoteJob job = found.job().get();
        return Optional.of(
            record(open.intent(), job, tools.provider(batch).keyId(), "had its job already"));
      }
    } catch (ProviderException e) {
      if (LaneGate.concernsAccount(e)) {
        tools.gate().refused(batch.getLane(), batch.getBatchId(), e);
      }
      return Optional.of(pause("find", Reason.DOUBT, e));
    }
    inquiry = null;
    drop();
    return refusal.afterTooLong(open.intent());
  }

  private void inquire(Job doubted, Duration quarantine) {
    intent = null;
    inquiry =
        new Inquiry(
            () -> tools.doubt(batch), doubted, terms.displayName(), quarantine, tools.clock());
  }

  /**
   * Writes and uploads the file and records the intent, unless that was done. A failed upload is
   * made again from the log: the local files of all that wait would fill the disk.
   */
  private Optional<Attempt> prepare() throws IOException {
    if (intent != null) {
      return Optional.empty();
    }
    try {
      RequestFile.Written written = tools.requests().write(batch, terms.spool());
      if (written.lines() == 0) {
        return Optional.of(refusal.nothingToSend(written.skipped()));
      }
      BatchSpan.step("file written");
      RemoteFile file = tools.provider(batch).upload(terms.spool(), terms.fileNames().get());
      BatchSpan.step("file uploaded");
      uploadedAt = tools.clock().instant();
      intent = tools.log().intent(batch, file.name(), written.skipped());
      return Optional.empty();
    } catch (ProviderException e) {
      drop();
      return Optional.of(notDone("upload", e));
    } finally {
      Files.deleteIfExists(terms.spool());
    }
  }

  /** Creates the job in one request; where its outcome is unknown, the next attempt looks. */
  private Attempt create() {
    Job intended = Objects.requireNonNull(intent);
    String file = String.valueOf(intended.getFile());
    try {
      BatchProvider provider = tools.provider(batch);
      RemoteJob job = provider.create(batch.getLane().getModel(), file, terms.displayName());
      return record(intended, job, provider.keyId(), "has its job");
    } catch (ProviderException e) {
      if (e.kind() == Kind.BUSY || e.kind() == Kind.REFUSED) {
        tools.capacity().park(batch.getBatchId());
        return notDone("create", e);
      }
      refusal.last(e);
      if (e.kind() == Kind.NOT_FOUND && fileIsThere()) {
        tools.gate().refused(batch.getLane(), batch.getBatchId(), e);
      }
      // Not found is certainly not done, but an earlier request of this intent may have been.
      inquire(intended, e.kind() == Kind.NOT_FOUND ? Duration.ZERO : terms.quarantine());
      return pause("create", Reason.DOUBT, e);
    }
  }

  /** So that what was not found is the model. Else the file has expired, and is uploaded anew. */
  private boolean fileIsThere() {
    Instant at = uploadedAt;
    return at != null && tools.clock().instant().isBefore(at.plus(CERTAINLY_THERE));
  }

  @SuppressWarnings("try") // A scope does its work by being open.
  private Attempt record(Job intended, RemoteJob job, String keyId, String how) {
    try (var scope = LogScope.ofJob(job.name())) {
      BatchSpan.ofJob(job.name());
      LOG.info(
          "batch {} {}: {}, {} prompts", batch.getBatchId(), how, job.name(), batch.getCount());
      Job submitted = tools.log().submitted(intended, terms.offset(), job, keyId);
      tools.capacity().submitted(submitted);
      tools.gate().passed(batch.getLane());
      tools.metrics().created();
      return new Attempt.Finished();
    }
  }

  /** A call that certainly had no effect: this batch waits, or its lane, or it is given up. */
  private Attempt notDone(String call, ProviderException e) {
    Wait own = pause(call, Reason.FAILED, e);
    Optional<Attempt> end = refusal.afterTooLong(e, intent);
    if (end.isPresent()) {
      return end.get();
    }
    if (e.kind() == Kind.BUSY && call.equals("create")) {
      return tools.gate().busy(batch.getLane(), e);
    }
    // 409 concerns the file's name, and the next one is another.
    return e.kind() == Kind.REFUSED && e.code() != 409
        ? tools.gate().refused(batch.getLane(), batch.getBatchId(), e)
        : own;
  }

  private Wait pause(String call, Reason reason, ProviderException e) {
    return new Wait(tools.clock().instant().plus(insistence.waitAfter(call, e)), reason);
  }
}
