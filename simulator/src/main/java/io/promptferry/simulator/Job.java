package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch job as it stands.
 *
 * @param number ascending in the order of creation
 * @param model with its {@code models/}
 * @param inputFile the id of the input file
 * @param createTime and the other times as they go out on the wire
 * @param requests lines of the input file; 0 until the job has run far enough to know
 * @param outputFile the id of the result file of a job that succeeded
 * @param error why a job failed, or that it was cancelled
 * @param deleted no longer to be seen through the API, yet running on if it was
 */
record Job(
    long number,
    String id,
    String displayName,
    String model,
    String inputFile,
    Phase phase,
    String createTime,
    String updateTime,
    @Nullable String endTime,
    long requests,
    long succeeded,
    long failed,
    @Nullable String outputFile,
    @Nullable Fault error,
    boolean deleted) {

  /** Where a job is in its life. */
  enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    boolean terminal() {
      return compareTo(RUNNING) > 0;
    }
  }

  /** A google.rpc.Status. */
  record Fault(int code, String message) {
    static final int CANCELLED = 1;
    static final int INVALID_ARGUMENT = 3;
    static final int NOT_FOUND = 5;
    static final int INTERNAL = 13;
  }

  static Job pending(long number, String displayName, String model, String inputFile, Instant now) {
    String time = now.toString();
    return new Job(
        number,
        Ids.random(40),
        displayName,
        model,
        inputFile,
        Phase.PENDING,
        time,
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

  Job running(long newRequests, Instant now) {
    return new Job(
        number,
        id,
        displayName,
        model,
        inputFile,
        Phase.RUNNING,
        createTime,
        now.toString(),
        null,
        newRequests,
        0,
        0,
        null,
        null,
        deleted);
  }

  Job succeeded(String output, long failedLines, Instant now) {
    String time = now.toString();
    return new Job(
        number,
        id,
        displayName,
        model,
        inputFile,
        Phase.SUCCEEDED,
        createTime,
        time,
        time,
        requests,
        requests - failedLines,
        failedLines,
        output,
        null,
        deleted);
  }

  Job ended(Phase newPhase, Fault fault, Instant now) {
    String time = now.toString();
    return new Job(
        number,
        id,
        displayName,
        model,
        inputFile,
        newPhase,
        createTime,
        time,
        time,
        requests,
        0,
        0,
        null,
        fault,
        deleted);
  }

  Job asDeleted() {
    return new Job(
        number,
        id,
        displayName,
        model,
        inputFile,
        phase,
        createTime,
        updateTime,
        endTime,
        requests,
        succeeded,
        failed,
        outputFile,
        error,
        true);
  }

  /** The long-running operation that stands for the job on the wire. */
  ObjectNode operation() {
    ObjectNode operation = Json.object().put("name", name());
    ObjectNode metadata = operation.putObject("metadata");
    metadata.put("@type", TYPE + "GenerateContentBatch");
    metadata.put("model", model).put("displayName", displayName);
    metadata.putObject("inputConfig").put("fileName", "files/" + inputFile);
    if (outputFile != null) {
      metadata.putObject("output").put("responsesFile", "files/" + outputFile);
    }
    metadata.put("createTime", createTime);
    if (endTime != null) {
      metadata.put("endTime", endTime);
    }
    metadata.put("updateTime", updateTime);
    if (requests > 0) {
      ObjectNode stats = metadata.putObject("batchStats");
      stats.put("requestCount", Long.toString(requests));
      if (succeeded > 0) {
        stats.put("successfulRequestCount", Long.toString(succeeded));
      }
      if (failed > 0) {
        stats.put("failedRequestCount", Long.toString(failed));
      }
      stats.put("pendingRequestCount", Long.toString(requests - succeeded - failed));
    }
    metadata.put("state", "BATCH_STATE_" + phase).put("name", name());
    if (phase.terminal()) {
      operation.put("done", true);
    }
    if (error != null) {
      operation.putObject("error").put("code", error.code()).put("message", error.message());
    } else if (outputFile != null) {
      operation
          .putObject("response")
          .put("@type", TYPE + "GenerateContentBatchOutput")
          .put("responsesFile", "files/" + outputFile);
    }
    return operation;
  }

  private static final String TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main.";
}
