package io.promptferry.local.trace;

import io.promptferry.local.dlq.Legible;
import io.promptferry.local.jobs.Words;
import io.promptferry.local.trace.Trail.Sliced;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A trail as steps in the order of time; steps of one time stay in the order of the way. */
final class Steps {

  private static final int MESSAGE = 200;

  private final List<Step> steps = new ArrayList<>();

  private Steps() {}

  static List<Step> of(Trail trail) {
    var all = new Steps();
    trail
        .promptedAt()
        .ifPresent(at -> all.steps.add(new Step(at, "prompted", "at " + trail.prompt())));
    trail
        .deadLetter()
        .ifPresent(
            letter ->
                all.steps.add(
                    new Step(
                        letter.rejectedAt(),
                        "rejected",
                        "%s: %s, kept at %s"
                            .formatted(
                                Legible.line(letter.reason()),
                                Legible.line(letter.message(), MESSAGE),
                                letter.place()))));
    trail.slices().forEach(all::sliced);
    trail.rides().forEach(all::ride);
    trail
        .answer()
        .ifPresent(answer -> all.steps.add(new Step(answer.at(), "answered", answer.text())));
    // Stable: by different clocks, what followed may seem to have come first by some milliseconds.
    all.steps.sort(Comparator.comparing(step -> step.at().getEpochSecond()));
    return List.copyOf(all.steps);
  }

  private void sliced(Sliced sliced) {
    Slice slice = sliced.slice();
    steps.add(
        new Step(
            sliced.at(),
            "sliced",
            "for lane %s, attempt %d, with %s%s"
                .formatted(
                    Words.lane(slice.getLane()),
                    slice.getSpan().getAttempt(),
                    others(slice.getSpan().getCount()),
                    slice.getNotBefore() == null
                        ? ""
                        : ", to wait until " + slice.getNotBefore())));
  }

  private void ride(Ride ride) {
    Batch batch = ride.batch();
    steps.add(
        new Step(
            batch.getSealedAt(),
            "batched",
            "in %s, attempt %d, with %s, closed by %s"
                .formatted(
                    batch.getBatchId(),
                    ride.attempt(),
                    others(batch.getCount()),
                    batch.getSealReason())));
    ride.intent()
        .filter(intent -> ride.job().isEmpty())
        .ifPresent(
            intent -> steps.add(new Step(intent.getAt(), "submitting", "a job is being created")));
    ride.job().ifPresent(job -> job(job, ride));
    states(ride.states());
    ride.receipt().filter(Receipt::getSettled).ifPresent(this::settled);
  }

  private void job(Job job, Ride ride) {
    if (job.getPhase() == JobPhase.SUBMITTED) {
      steps.add(new Step(job.getAt(), "submitted", "as " + job.getJob()));
    } else {
      steps.add(new Step(job.getAt(), "refused", "no job was made" + error(job.getRefusal())));
    }
    long offset = ride.prompt().offset();
    job.getSkipped().stream()
        .filter(skip -> skip.getSpan() == ride.span() && skip.getOffset() == offset)
        .forEach(
            skip ->
                steps.add(
                    new Step(
                        job.getAt(),
                        "skipped",
                        "left out of the job: %s %s"
                            .formatted(skip.getReason(), Legible.line(skip.getMessage(), MESSAGE))
                            .stripTrailing())));
  }

  /** One step for each state, at the time when it was first seen, with the last of its counts. */
  private void states(List<JobState> states) {
    for (int i = 0; i < states.size(); i++) {
      JobState first = states.get(i);
      JobState last = first;
      while (i + 1 < states.size() && states.get(i + 1).getState().equals(first.getState())) {
        i++;
        last = states.get(i);
      }
      steps.add(
          new Step(
              first.getObservedAt(),
              "job",
              Legible.line(first.getState()) + stats(last.getStats()) + error(last.getError())));
    }
  }

  private static String stats(@Nullable JobStats stats) {
    return stats == null
        ? ""
        : String.format(
            Locale.ROOT,
            ", %,d of %,d requests done",
            stats.getSucceeded() + stats.getFailed(),
            stats.getRequests());
  }

  private void settled(Receipt receipt) {
    steps.add(
        new Step(
            receipt.getUpdatedAt(),
            "settled",
            String.format(
                Locale.ROOT,
                "the batch: %,d succeeded, %,d failed, %,d sent round again, %,d vanished",
                receipt.getTotals().getSucceeded(),
                receipt.getTotals().getFailed(),
                receipt.getTotals().getRetried(),
                receipt.getTotals().getVanished())));
  }

  private static String error(@Nullable JobError error) {
    return error == null ? "" : ": " + Legible.line(error.getMessage(), MESSAGE);
  }

  private static String others(int count) {
    return count == 1
        ? "no others"
        : count == 2 ? "1 other" : String.format(Locale.ROOT, "%,d others", count - 1);
  }
}
