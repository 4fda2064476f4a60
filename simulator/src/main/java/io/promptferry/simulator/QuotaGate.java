package io.promptferry.simulator;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** Lets in what a project's quotas have room for. */
final class QuotaGate {
  private final JobStore jobs;
  private final FileStore files;
  private final TokenCount tokens;
  private volatile Quotas quotas;

  QuotaGate(Quotas quotas, JobStore jobs, FileStore files) {
    this.quotas = quotas;
    this.jobs = jobs;
    this.files = files;
    this.tokens = new TokenCount(files);
  }

  Quotas quotas() {
    return quotas;
  }

  /** From now on; what is there already stays. */
  void replace(Quotas newQuotas) {
    quotas = newQuotas;
  }

  /** Creates a job if there is room for it. One at a time, so that two do not share the last. */
  synchronized Job admit(String project, String model, String inputFile, Supplier<Job> create)
      throws IOException {
    Quotas now = quotas;
    List<Job> live = jobs.live().stream().filter(job -> job.project().equals(project)).toList();
    if (live.size() >= now.concurrentJobs()) {
      throw ApiError.exhausted("Concurrent batch jobs: at most " + now.concurrentJobs() + ".");
    }
    if (now.enqueuedTokens() < Quotas.UNLIMITED) {
      long enqueued = tokens.of(inputFile);
      for (Job job : live) {
        enqueued += job.model().equals(model) ? tokens.of(job.inputFile()) : 0;
      }
      if (enqueued > now.enqueuedTokens()) {
        throw ApiError.exhausted(
            "Enqueued tokens of %s: at most %d, with this job %d."
                .formatted(model, now.enqueuedTokens(), enqueued));
      }
    }
    return create.get();
  }

  /** Refuses bytes that there is no room for. */
  void store(String project, long bytes) {
    long most = quotas.storedBytes();
    long stored = files.storedBytes(project);
    if (bytes > most - stored) {
      throw ApiError.exhausted(
          "File storage: at most %d bytes, of which %d are in use.".formatted(most, stored));
    }
  }
}
