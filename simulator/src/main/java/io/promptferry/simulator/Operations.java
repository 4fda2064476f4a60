package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.RpcStatus;
import java.time.Instant;

/** The long-running operations that stand for jobs on the wire. */
final class Operations {
  private static final String TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main.";

  private Operations() {}

  static ObjectNode of(Job job, Instant now) {
    ObjectNode operation = Json.object().put("name", job.name());
    operation.set("metadata", metadata(job, now));
    if (job.phase().terminal()) {
      operation.put("done", true);
    }
    RpcStatus error = job.error();
    if (error != null) {
      operation.putObject("error").put("code", error.code()).put("message", error.message());
    } else if (job.outputFile() != null) {
      operation
          .putObject("response")
          .put("@type", TYPE + "GenerateContentBatchOutput")
          .put("responsesFile", "files/" + job.outputFile());
    }
    return operation;
  }

  private static ObjectNode metadata(Job job, Instant now) {
    ObjectNode metadata = Json.object().put("@type", TYPE + "GenerateContentBatch");
    metadata.put("model", job.model()).put("displayName", job.displayName());
    metadata.putObject("inputConfig").put("fileName", "files/" + job.inputFile());
    if (job.outputFile() != null) {
      metadata.putObject("output").put("responsesFile", "files/" + job.outputFile());
    }
    metadata.put("createTime", job.createTime());
    if (job.endTime() != null) {
      metadata.put("endTime", job.endTime());
    }
    metadata.put("updateTime", job.updateTime());
    if (job.requests() > 0) {
      ObjectNode stats = metadata.putObject("batchStats");
      stats.put("requestCount", Long.toString(job.requests()));
      if (job.succeeded() > 0) {
        stats.put("successfulRequestCount", Long.toString(job.succeeded()));
      }
      if (job.failed() > 0) {
        stats.put("failedRequestCount", Long.toString(job.failed()));
      }
      long pending = job.requests() - job.succeeded() - job.failed();
      stats.put("pendingRequestCount", Long.toString(pending));
    }
    return metadata.put("state", "BATCH_STATE_" + job.shown(now)).put("name", job.name());
  }
}
