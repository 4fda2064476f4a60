package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.Faults;
import io.promptferry.simulator.faults.JobEffect;
import io.promptferry.simulator.faults.Point;
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
  private final QuotaGate quotas;
  private final Faults faults;
  private final Ledger ledger;
  private final Clock clock;

  BatchesApi(
      FileStore files,
      JobStore jobs,
      JobRunner runner,
      QuotaGate quotas,
      Faults faults,
      Ledger ledger,
      Clock clock) {
    this.files = files;
    this.jobs = jobs;
    this.runner = runner;
    this.quotas = quotas;
    this.faults = faults;
    this.ledger = ledger;
    this.clock = clock;
  }

  void routes(Router router) {
    String all = "/v1beta/batches";
    String one = all + "/([^/:]+)";
    router.keyed(
        Point.CREATE,
        "POST",
        "/v1beta/models/([^/:]+):batchGenerateContent",
        (call, groups) -> namesOf(call.json().path("batch")),
        this::create);
    router.keyed(Point.LIST, "GET", all, (call, groups) -> "", this::list);
    router.keyed(Point.GET, "GET", one, this::names, this::get);
    router.keyed(Point.CANCEL, "POST", one + ":cancel", this::names, this::cancel);
    router.keyed(Point.DELETE, "DELETE", one, this::names, this::delete);
  }

  private static String namesOf(JsonNode batch) {
    String file = Json.get(Json.get(batch, "inputConfig"), "fileName").asText("");
    return Json.get(batch, "displayName").asText("") + " " + file;
  }

  private String names(Call call, List<String> groups) {
    return jobs.find(call.project(), groups.get(0))
        .map(Job::names)
        .orElse("batches/" + groups.get(0));
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
    if (files.find(call.project(), fileId).isEmpty()) {
      // A create that was under way when the file went is what deleting it is good for.
      if (files.wasDeleted(fileId) && !call.late()) {
        ledger.violation("DELETED_FILE_SUBMITTED", displayName, fileName);
      }
      throw ApiError.notFound("File " + fileName + " does not exist.");
    }
    String model = "models/" + groups.get(0);
    String project = call.project();
    Job job =
        quotas.admit(
            project,
            model,
            fileId,
            () -> {
              JobEffect fate = runner.timed(faults.onJob(displayName));
              return jobs.create(project, displayName, model, fileId, fate);
            });
    log.info("{} created for {}", job.name(), displayName);
    runner.queue(job);
    call.reply().json(Operations.of(job, clock.instant()));
  }

  private void get(Call call, List<String> groups) throws IOException {
    call.reply().json(Operations.of(named(call, groups.get(0)), clock.instant()));
  }

  private void list(Call call, List<String> groups) throws IOException {
    Page<Job> page = Page.of(call, 50, 1_000, jobs.all(call.project()), Job::number);
    ObjectNode json = Json.object();
    ArrayNode operations = json.putArray("operations");
    page.items().forEach(job -> operations.add(Operations.of(job, clock.instant())));
    if (page.nextToken() != null) {
      json.put("nextPageToken", page.nextToken());
    }
    call.reply().json(json);
  }

  /** Cancelling a job that is over changes nothing and is not an error. */
  private void cancel(Call call, List<String> groups) throws IOException {
    jobs.changeLive(
        named(call, groups.get(0)).id(),
        job -> job.ended(Job.Phase.CANCELLED, JobRunner.CANCELLED, clock.instant()));
    call.reply().json(Json.object());
  }

  /** As with every long-running operation, deleting does not cancel. */
  private void delete(Call call, List<String> groups) throws IOException {
    jobs.change(named(call, groups.get(0)).id(), Job::asDeleted);
    call.reply().json(Json.object());
  }

  private Job named(Call call, String id) {
    return jobs.find(call.project(), id)
        .orElseThrow(() -> ApiError.notFound("Batch batches/" + id + " does not exist."));
  }
}
