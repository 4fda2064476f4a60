package io.promptferry.local.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.client.RecordToJson;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Instant;

/** A batch as a JSON object. */
public final class BatchJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private BatchJson() {}

  /** What a line of the list tells; fields without a value are left out. */
  public static ObjectNode summary(BatchView view) {
    Batch batch = view.batch();
    ObjectNode json = NODES.objectNode();
    json.put("batchId", view.id());
    json.put("state", view.state());
    json.put("ended", view.ended());
    json.put("settled", view.settled());
    view.jobName().ifPresent(name -> json.put("job", name));
    json.set("lane", RecordToJson.write(batch.getLane()));
    json.put("count", batch.getCount());
    json.put("skipped", view.skipped());
    json.put("bytes", batch.getBytes());
    json.put("tokens", batch.getTokens());
    view.stats().ifPresent(stats -> json.set("stats", RecordToJson.write(stats)));
    json.put("sealReason", batch.getSealReason().name());
    put(json, "openedAt", batch.getOpenedAt());
    put(json, "sealedAt", batch.getSealedAt());
    view.submittedAt().ifPresent(time -> put(json, "submittedAt", time));
    view.estimatedEnd().ifPresent(time -> put(json, "estimatedEnd", time));
    view.receipt().ifPresent(receipt -> json.set("receipt", RecordToJson.write(receipt)));
    return json;
  }

  /** All of it, spans as runs of offsets. */
  public static ObjectNode whole(BatchView view) {
    ObjectNode json = summary(view);
    ArrayNode spans = json.putArray("spans");
    view.batch().getSpans().forEach(span -> spans.add(span(span)));
    view.intentAt().ifPresent(time -> put(json, "intentAt", time));
    view.job().map(Job::getFile).ifPresent(file -> json.put("inputFile", file));
    view.job()
        .map(Job::getRefusal)
        .ifPresent(refusal -> json.set("refusal", RecordToJson.write(refusal)));
    ArrayNode skipped = json.putArray("skippedPrompts");
    view.job()
        .ifPresent(job -> job.getSkipped().forEach(skip -> skipped.add(RecordToJson.write(skip))));
    ArrayNode states = json.putArray("states");
    view.states().forEach(state -> states.add(RecordToJson.write(state)));
    return json;
  }

  private static ObjectNode span(Span span) {
    ObjectNode json = RecordToJson.write(span);
    ArrayNode runs = NODES.arrayNode();
    for (Run run : Runs.decode(span.getRuns())) {
      runs.addArray().add(run.first()).add(run.last());
    }
    json.set("runs", runs);
    return json;
  }

  private static void put(ObjectNode json, String name, Instant time) {
    json.put(name, time.toString());
  }
}
