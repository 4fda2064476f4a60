package io.promptferry.simulator;

import io.promptferry.simulator.faults.JobEffect;
import io.promptferry.simulator.faults.RpcStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch job as it stands.
 *
 * @param number ascending in the order of creation
 * @param project whose it is; nobody else sees it
 * @param model with its {@code models/}
 * @param inputFile the id of the input file
 * @param fate what a fault has in store for it
 * @param createTime and the other times as they go out on the wire
 * @param requests lines of the input file; 0 until the job has run far enough to know
 * @param outputFile the id of the result file of a job that has one
 * @param error why a job failed, or that it was cancelled
 * @param deleted no longer to be seen through the API, yet running on if it was
 */
record Job(
    long number,
    String id,
    String project,
    String displayName,
    String model,
    String inputFile,
    JobEffect fate,
    String createTime,
    Phase phase,
    String updateTime,
    @Nullable String endTime,
    long requests,
    long succeeded,
    long failed,
    @Nullable String outputFile,
    @Nullable RpcStatus error,
    boolean deleted) {

  /** Where a job is in its life. */
  enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    PARTIALLY_SUCCEEDED,
    EXPIRED;

    boolean terminal() {
      return compareTo(RUNNING) > 0;
    }
  }

  static Job pending(
      long number,
      String project,
      String displayName,
      String model,
      String inputFile,
      JobEffect fate,
      Instant now) {
    String time = now.toString();
    return new Job(
        number,
        Ids.random(40),
        project,
        displayName,
        model,
        inputFile,
        fate,
        time,
        Phase.PENDING,
        time,
        null,
        0,
        0,
        0,
        null,
        null,
        false);
  }

  String name() {
    return "batches/" + id;
  }

  /** What a fault may ask for. */
  String names() {
    return name() + " " + displayName;
  }

  Job running(long newRequests, Instant now) {
    return in(Phase.RUNNING, newRequests, 0, 0, null, null, now);
  }

  Job answered(
      Phase end, String output, long answers, long errors, @Nullable RpcStatus why, Instant now) {
    return in(end, requests, answers, errors, output, why, now);
  }

  Job ended(Phase end, @Nullable RpcStatus why, Instant now) {
    return in(end, requests, 0, 0, null, why, now);
  }

  private Job in(
      Phase newPhase,
      long newRequests,
      long answers,
      long errors,
      @Nullable String output,
      @Nullable RpcStatus why,
      Instant now) {
    String time = now.toString();
    return new Job(
        number,
        id,
        project,
        displayName,
        model,
        inputFile,
        fate,
        createTime,
        newPhase,
        time,
        newPhase.terminal() ? time : null,
        newRequests,
        answers,
        errors,
        output,
        why,
        deleted);
  }

  Job asDeleted() {
    return new Job(
        number,
        id,
        project,
        displayName,
        model,
        inputFile,
        fate,
        createTime,
        phase,
        updateTime,
        endTime,
        requests,
        succeeded,
        failed,
        outputFile,
        error,
        true);
  }

  /** The state that the wire has: the phase, unless a fault shows others on the way. */
  String shown(Instant now) {
    List<String> path = fate.shown();
    if (phase.terminal() || path.isEmpty()) {
      return phase.toString();
    }
    long elapsed = Math.max(0, Duration.between(Instant.parse(createTime), now).toMillis());
    long step = fate.each() == null || fate.each() == 0 ? path.size() : elapsed / fate.each();
    return path.get((int) Math.min(step, path.size() - 1L));
  }
}
