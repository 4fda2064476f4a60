package io.promptferry.batcher.submit;

import io.promptferry.gemini.ProviderException;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.Skipped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a batch without a job. Only to be asked while no job of it can exist. */
final class Refusal {

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  private final Tools tools;
  private final Terms terms;
  private @Nullable ProviderException last;
  private boolean saidNever;

  Refusal(Tools tools, Terms terms) {
    this.tools = tools;
    this.terms = terms;
  }

  /** Remembers a failure that is only given in to once a doubt is settled. */
  void last(ProviderException failure) {
    last = failure;
  }

  /** Ends the batch when its time is up and a create of this life has failed. */
  Optional<Attempt> afterTooLong(Job settled) {
    return last == null ? Optional.empty() : afterTooLong(last, settled.getSkipped(), null);
  }

  /** Ends the batch when its time is up, and discards the file that waited for its job. */
  Optional<Attempt> afterTooLong(ProviderException failure, @Nullable Job intent) {
    return intent == null
        ? afterTooLong(failure, List.of(), null)
        : afterTooLong(failure, intent.getSkipped(), intent.getFile());
  }

  private Optional<Attempt> afterTooLong(
      ProviderException failure, List<Skipped> skipped, @Nullable String file) {
    if (!tooLong()) {
      return Optional.empty();
    }
    var error =
        JobError.newBuilder()
            .setCode(failure.code())
            .setMessage(String.valueOf(failure.getMessage()))
            .build();
    return Optional.of(giveUp(error, skipped, file));
  }

  /** Says once that a batch can never fit, and ends it when its time is up. */
  Optional<Attempt> ofCapacity(Capacity.Shortage shortage) {
    if (!shortage.never()) {
      return Optional.empty();
    }
    if (tooLong()) {
      var error = JobError.newBuilder().setCode(null).setMessage(shortage.advice()).build();
      return Optional.of(giveUp(error, List.of(), null));
    }
    if (!saidNever) {
      saidNever = true;
      tools.metrics().neverFits();
      LOG.error(
          "batch {} can never be submitted and waits for submit.give.up.after.ms to end: {}",
          terms.batch().getBatchId(),
          shortage.advice());
    }
    return Optional.empty();
  }

  /** Ends a batch whose every prompt is skipped. */
  Attempt nothingToSend(List<Skipped> skipped) {
    tools.log().refused(terms.batch(), terms.offset(), skipped, null);
    tools.capacity().release(terms.batch().getBatchId());
    return new Attempt.Finished();
  }

  private boolean tooLong() {
    return !tools.clock().instant().isBefore(terms.giveUpAt());
  }

  private Attempt giveUp(JobError error, List<Skipped> skipped, @Nullable String file) {
    LOG.error(
        "batch {} is given up after submit.give.up.after.ms: {}",
        terms.batch().getBatchId(),
        error.getMessage());
    tools.log().refused(terms.batch(), terms.offset(), skipped, error);
    tools.capacity().release(terms.batch().getBatchId());
    if (file != null) {
      discard(file);
    }
    return new Attempt.Finished();
  }

  private void discard(String file) {
    try {
      if (!tools.provider(terms.batch()).discard(file)) {
        LOG.info("{} cannot be deleted, and stays until it expires", file);
      }
    } catch (ProviderException e) {
      LOG.info("{} stays until it expires: {}", file, e.getMessage());
    }
  }
}
