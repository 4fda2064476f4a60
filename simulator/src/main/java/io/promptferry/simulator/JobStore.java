package io.promptferry.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** All jobs, on disk and in memory; every change is told to the ledger. */
final class JobStore {
  private final RecordFolder<Job> records;
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();
  private final Ledger ledger;
  private final Clock clock;
  private long lastNumber;

  JobStore(Path folder, Ledger ledger, Clock clock) throws IOException {
    this.records = new RecordFolder<>(folder, Job.class);
    this.ledger = ledger;
    this.clock = clock;
    for (Job job : records.load()) {
      jobs.put(job.id(), job);
      lastNumber = Math.max(lastNumber, job.number());
    }
  }

  /** Two live jobs under one display name are two bills for the same work: told to the ledger. */
  synchronized Job create(String displayName, String model, String inputFile) {
    boolean twin = live().stream().anyMatch(job -> job.displayName().equals(displayName));
    Job job = Job.pending(++lastNumber, displayName, model, inputFile, clock.instant());
    ledger.created(job);
    records.save(job.id(), job);
    jobs.put(job.id(), job);
    if (twin) {
      ledger.violation("DISPLAY_NAME_OF_LIVE_JOB", displayName, job.name());
    }
    return job;
  }

  /** A job, unless it was deleted. */
  Optional<Job> find(String id) {
    return Optional.ofNullable(jobs.get(id)).filter(job -> !job.deleted());
  }

  /** A job as it is now, deleted or not. */
  Job current(String id) {
    return change(id, job -> job);
  }

  Collection<Job> all() {
    return jobs.values().stream().filter(job -> !job.deleted()).toList();
  }

  /** Jobs that are not over, deleted ones included. */
  List<Job> live() {
    return jobs.values().stream().filter(job -> !job.phase().terminal()).toList();
  }

  /** Changes a job that is not over; one that is stays as it is. Gives the job as it is then. */
  Job changeLive(String id, UnaryOperator<Job> change) {
    return change(id, job -> job.phase().terminal() ? job : change.apply(job));
  }

  Job change(String id, UnaryOperator<Job> change) {
    Job changed =
        jobs.computeIfPresent(
            id,
            (key, job) -> {
              Job next = change.apply(job);
              if (!next.equals(job)) {
                ledger.changed(next);
                records.save(id, next);
              }
              return next;
            });
    if (changed == null) {
      throw new IllegalArgumentException("there is no job " + id);
    }
    return changed;
  }
}
