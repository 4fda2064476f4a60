package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code batches}: create, get, list, cancel, delete. */
final class BatchesApi {
  private static final Logger log = LoggerFactory.getLogger(BatchesApi.class);

  private final FileStore files;
  private final JobStore jobs;
  private final JobRunner runner;
  private final Ledger ledger;
  private final Clock clock;

  BatchesApi(FileStore files, JobStore jobs, JobRunner runner, Ledger ledger, Clock clock) {
    this.files = files;
    this.jobs = jobs;
    this.runner = runner;
    this.ledger = ledger;
    this.clock = clock;
  }

  void routes(Router router) {
    router.keyed("POST", "/v1beta/models/([^/:]+):batchGenerateContent", this::create);
    router.keyed("GET", "/v1beta/batches", this::list);
    router.keyed("GET", "/v1beta/batches/([^/:]+)", this::get);
    router.keyed("POST", "/v1beta/batches/([^/:]+):cancel", this::cancel);
    router.keyed("DELETE", "/v1beta/batches/([^/:]+)", this::delete);
  }

  private void create(Call call, List<String> groups) throws IOException {
    JsonNode body = call.json();
    Call.allowOnly(body, "", Set.of("batch", "model"));
    JsonNode batch = body.path("batch");
    Call.allowOnly(
        batch, "batch", Set.of("name", "model", "displayName", "inputConfig", "priority"));
    JsonNode input = Json.get(batch, "inputConfig");
    Call.allowOnly(input, "batch.input_config", Set.of("fileName", "requests"));
    String displayName = Json.get(batch, "displayName").asText("");
    String fileName = Json.get(input, "fileName").asText("");
    if (displayName.isEmpty()) {
      throw ApiError.invalid("batch.display_name is required.");
    }
    if (!fileName.startsWith("files/")) {
      throw ApiError.invalid(
          "batch.input_config.file_name must be files/…; the simulator takes no inline requests.");
    }
    String fileId = fileName.substring("files/".length());
    if (files.find(fileId).isEmpty()) {
      if (files.wasDeleted(fileId)) {
        ledger.violation("DELETED_FILE_SUBMITTED", displayName, fileName);
      }
      throw ApiError.notFound("File " + fileName + " does not exist.");
    }
    Job job = jobs.create(displayName, "models/" + groups.get(0), fileId);
    log.info("{} created for {}", job.name(), displayName);
    runner.queue(job);
    call.respond(job.operation());
  }

  private void get(Call call, List<String> groups) throws IOException {
    call.respond(named(groups.get(0)).operation());
  }

  private void list(Call call, List<String> groups) throws IOException {
    Page<Job> page = Page.of(call, 50, 1_000, jobs.all(), Job::number);
    ObjectNode json = Json.object();
    ArrayNode operations = json.putArray("operations");
    page.items().forEach(job -> operations.add(job.operation()));
    if (page.nextToken() != null) {
      json.put("nextPageToken", page.nextToken());
    }
    call.respond(json);
  }

  /** Cancelling a job that is over changes nothing and is not an error. */
  private void cancel(Call call, List<String> groups) throws IOException {
    jobs.changeLive(
        named(groups.get(0)).id(),
        job ->
            job.ended(
                Job.Phase.CANCELLED,
                new Job.Fault(Job.Fault.CANCELLED, "The operation was cancelled."),
                clock.instant()));
    call.respond(Json.object());
  }

  /** As with every long-running operation, deleting does not cancel. */
  private void delete(Call call, List<String> groups) throws IOException {
    jobs.change(named(groups.get(0)).id(), Job::asDeleted);
    call.respond(Json.object());
  }

  private Job named(String id) {
    return jobs.find(id)
        .orElseThrow(() -> ApiError.notFound("Batch batches/" + id + " does not exist."));
  }
}
