package io.promptferry.local.jobs;

import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares what the topics say of jobs with what the provider says. A difference younger than the
 * grace is one that the services are about to settle themselves.
 */
public final class Reconciliation {

  private final Instant now;
  private final Duration grace;

  /**
   * @param grace how long the topics may be behind the provider
   */
  public Reconciliation(Instant now, Duration grace) {
    this.now = now;
    this.grace = grace;
  }

  /**
   * Everything that does not agree.
   *
   * @param views batches, of which those are looked at that {@code remote} has an answer for
   * @param remote by batch id, the provider's jobs of that batch's display name; empty lists for
   *     batches that it has none of. A batch that is in no view is one that nobody records
   */
  public List<Finding> compare(List<BatchView> views, Map<String, List<RemoteJob>> remote) {
    Map<String, BatchView> byId = views.stream().collect(Collectors.toMap(BatchView::id, v -> v));
    var findings = new ArrayList<Finding>();
    remote.forEach(
        (batchId, jobs) ->
            compare(batchId, Optional.ofNullable(byId.get(batchId)), jobs, findings));
    return List.copyOf(findings);
  }

  private void compare(
      String batchId, Optional<BatchView> view, List<RemoteJob> jobs, List<Finding> findings) {
    Optional<String> recorded = view.flatMap(BatchView::jobName);
    Optional<RemoteJob> own =
        jobs.stream().filter(job -> recorded.filter(job.name()::equals).isPresent()).findFirst();
    if (recorded.isPresent() && own.isEmpty() && view.filter(this::shouldBeKnown).isPresent()) {
      findings.add(
          new Finding(
              Finding.Kind.UNKNOWN_JOB,
              batchId,
              List.of(recorded.get()),
              "the provider does not know "
                  + recorded.get()
                  + ": check that the key is of the project that made it; if the job is gone, the"
                  + " poller gives it up after poll.give.up.after.ms"));
    }
    own.filter(job -> isUnnoticed(job, view.orElseThrow()))
        .ifPresent(job -> findings.add(notNoticed(batchId, job)));
    // A duplicate that the batcher found it has cancelled: that one is dealt with.
    List<RemoteJob> live =
        jobs.stream().filter(job -> !job.state().startsWith("CANCEL") || isOwn(job, own)).toList();
    if (live.size() > 1) {
      findings.add(duplicate(batchId, live, recorded));
    } else {
      live.stream()
          .filter(job -> !isOwn(job, own) && !isBeingRecorded(view))
          .forEach(job -> findings.add(unrecorded(batchId, job, view)));
    }
  }

  private static boolean isOwn(RemoteJob job, Optional<RemoteJob> own) {
    return own.filter(job::equals).isPresent();
  }

  private boolean shouldBeKnown(BatchView view) {
    return !view.ended() && view.submittedAt().filter(this::isOld).isPresent();
  }

  private boolean isBeingRecorded(Optional<BatchView> view) {
    return view.filter(v -> v.jobName().isEmpty())
        .flatMap(BatchView::job)
        .map(Job::getAt)
        .filter(at -> !isOld(at))
        .isPresent();
  }

  private boolean isUnnoticed(RemoteJob job, BatchView view) {
    Instant ended = Objects.requireNonNullElse(job.ended(), Instant.EPOCH);
    return job.terminal() && !view.ended() && isOld(ended);
  }

  private boolean isOld(Instant time) {
    return time.isBefore(now.minus(grace));
  }

  private Finding notNoticed(String batchId, RemoteJob job) {
    return new Finding(
        Finding.Kind.NOT_NOTICED,
        batchId,
        List.of(job.name()),
        "%s ended %s %s and no terminal state is recorded: check that the poller runs"
            .formatted(
                job.name(),
                job.state(),
                job.ended() == null
                    ? "at a time that is not told"
                    : Elapsed.since(job.ended(), now) + " ago"));
  }

  private static Finding duplicate(
      String batchId, List<RemoteJob> live, Optional<String> recorded) {
    List<String> names = live.stream().map(RemoteJob::name).toList();
    return new Finding(
        Finding.Kind.DUPLICATE,
        batchId,
        names,
        "%d jobs bear this batch's name: %s; %s"
            .formatted(
                names.size(),
                live.stream()
                    .map(job -> job.name() + " " + job.state())
                    .collect(Collectors.joining(", ")),
                recorded
                    .map(name -> name + " is recorded, the others are billed for nothing")
                    .orElse("none is recorded")));
  }

  private static Finding unrecorded(String batchId, RemoteJob job, Optional<BatchView> view) {
    return new Finding(
        Finding.Kind.UNRECORDED_JOB,
        batchId,
        List.of(job.name()),
        "%s (%s) is recorded by no batch; %s"
            .formatted(
                job.name(),
                job.state(),
                view.map(v -> "the batch is " + v.state() + ": check that the batcher runs")
                    .orElse("no topic knows the batch either")));
  }
}
