package io.promptferry.local.trace;

import io.promptferry.local.jobs.Elapsed;
import io.promptferry.local.jobs.Words;
import io.promptferry.local.trace.Trail.Sliced;
import io.promptferry.records.JobState;
import io.promptferry.records.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a prompt is now.
 *
 * @param stage in a word
 * @param text what it waits for, and what to look at where that takes too long
 */
public record Whereabouts(Stage stage, String text) {

  /** The parts of the way. */
  public enum Stage {
    /** Stands in its topic; no slice has it. */
    PROMPTED,
    /** Rejected; its FAILED answer is not there yet. */
    REJECTED,
    /** In its lane's open batch, or on the way there. */
    SLICED,
    /** To be tried again, and kept back until it is due. */
    KEPT_BACK,
    /** In a closed batch that has no job. */
    BATCHED,
    /** In a job. */
    SUBMITTED,
    /** Its job has ended; the answer is being written. */
    LANDING,
    /** Answered. */
    ANSWERED,
    /** Its batch is settled, and no answer is found. */
    MISSING,
    /** Nothing is known of it, and it is no longer in its topic. */
    UNKNOWN
  }

  /** Longer than a slice is held open by default, and much. */
  private static final Duration SLICED_BY_THEN = Duration.ofSeconds(30);

  static Whereabouts of(Trail trail, Instant now) {
    if (trail.answer().isPresent()) {
      Answer answer = trail.answer().get();
      return new Whereabouts(
          Stage.ANSWERED,
          answer.response().getStatus()
              + trail
                  .promptedAt()
                  .map(at -> ", " + Elapsed.since(at, answer.at()) + " after the prompt")
                  .orElse(""));
    }
    if (trail.deadLetter().isPresent()) {
      return new Whereabouts(
          Stage.REJECTED,
          "rejected "
              + Elapsed.since(trail.deadLetter().get().rejectedAt(), now)
              + " ago; the collector has not answered it FAILED yet: check that it runs");
    }
    return trail
        .waitingSlice()
        .map(sliced -> sliced(sliced, now))
        .or(() -> trail.lastRide().map(ride -> riding(ride, now)))
        .orElseGet(() -> prompted(trail.promptedAt(), now));
  }

  private static Whereabouts prompted(Optional<Instant> promptedAt, Instant now) {
    if (promptedAt.isEmpty()) {
      return new Whereabouts(
          Stage.UNKNOWN, "no record stands there any more, and no topic remembers it");
    }
    boolean late = promptedAt.get().plus(SLICED_BY_THEN).isBefore(now);
    return new Whereabouts(
        Stage.PROMPTED,
        "written "
            + Elapsed.since(promptedAt.get(), now)
            + " ago and not sliced yet"
            + (late
                ? ": the batcher is behind or does not run, or has dropped it as a repetition"
                    + " (dedup.window.ms)"
                : ", which takes about a second"));
  }

  private static Whereabouts sliced(Sliced sliced, Instant now) {
    Slice slice = sliced.slice();
    String since = "sliced " + Elapsed.since(sliced.at(), now) + " ago";
    if (slice.getNotBefore() != null && slice.getNotBefore().isAfter(now)) {
      return new Whereabouts(
          Stage.KEPT_BACK,
          "%s for attempt %d, kept back for another %s"
              .formatted(
                  since, slice.getSpan().getAttempt(), Elapsed.since(now, slice.getNotBefore())));
    }
    return new Whereabouts(
        Stage.SLICED,
        since
            + ", in no closed batch yet: it waits for the window of batch.schedule.cron where there is one, or is in"
            + " the open batch of lane "
            + Words.lane(slice.getLane())
            + ", closed when it is full, when batch.linger.ms says so or when a deadline comes near");
  }

  private static Whereabouts riding(Ride ride, Instant now) {
    String batch = "batch " + ride.batch().getBatchId();
    if (ride.settled()) {
      return new Whereabouts(
          Stage.MISSING,
          batch
              + " is settled and no answer was found: its response topic was deleted, or is not where"
              + " response.topic of the configuration says (--config), or the prompt had vanished");
    }
    if (ride.end().isPresent()) {
      JobState end = ride.end().get();
      return new Whereabouts(
          Stage.LANDING,
          "the job of %s was seen %s %s ago; the collector is writing answers: check that it runs"
              .formatted(batch, end.getState(), Elapsed.since(end.getObservedAt(), now)));
    }
    if (ride.job().isEmpty()) {
      return new Whereabouts(
          Stage.BATCHED,
          "%s was closed %s ago and %s: the batcher's log says what it waits for"
              .formatted(
                  batch,
                  Elapsed.since(ride.batch().getSealedAt(), now),
                  ride.intent().isPresent() ? "its job is being created" : "has no job yet"));
    }
    return new Whereabouts(Stage.SUBMITTED, inJob(ride, batch, now));
  }

  private static String inJob(Ride ride, String batch, Instant now) {
    List<JobState> states = ride.states();
    if (states.isEmpty()) {
      return "in the job of " + batch + ", which the poller has not looked at yet";
    }
    JobState last = states.get(states.size() - 1);
    Instant end = last.getEstimatedEnd();
    return "in the job of %s, %s%s"
        .formatted(
            batch,
            last.getState(),
            end == null || end.isBefore(now)
                ? ""
                : "; the end is expected in " + Elapsed.since(now, end));
  }
}
