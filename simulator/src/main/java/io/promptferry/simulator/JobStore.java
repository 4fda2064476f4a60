package io.promptferry.simulator;

import io.promptferry.simulator.faults.JobEffect;
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

  /** Two jobs under one display name are two bills for the same work: told to the ledger. */
  synchronized Job create(
      String project, String displayName, String model, String inputFile, JobEffect fate) {
    Optional<Job> twin =
        jobs.values().stream().filter(job -> job.displayName().equals(displayName)).findFirst();
    Job job =
        Job.pending(++lastNumber, project, displayName, model, inputFile, fate, clock.instant());
    ledger.created(job);
    records.save(job.id(), job);
    jobs.put(job.id(), job);
    if (twin.isPresent()) {
      String detail = job.name() + " beside " + twin.get().name();
      ledger.violation("DUPLICATE_JOB", displayName, detail);
    }
    return job;
  }

  /** A job of the project, unless it was deleted. */
  Optional<Job> find(String project, String id) {
    return Optional.ofNullable(jobs.get(id))
        .filter(job -> !job.deleted() && job.project().equals(project));
  }

  /** A job as it is now, deleted or not. */
  Job current(String id) {
    return change(id, job -> job);
  }

  Collection<Job> all(String project) {
    return jobs.values().stream()
        .filter(job -> !job.deleted() && job.project().equals(project))
        .toList();
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
