package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What happened and what it cost: every job created, every request billed, every thing a client
 * should not have done. {@code ledger.jsonl} is only ever appended to, a line at a time and before
 * the caller is answered; {@link Bills} are beside it.
 */
final class Ledger {
  private record Entry(
      String name, String displayName, String model, String state, String created, long requests) {}

  private static final String VIOLATION = "violation";
  private static final String GENERATED = "generated";

  private final Path log;
  private final Bills bills;
  private final Clock clock;
  private final Map<String, Entry> jobs = new LinkedHashMap<>();

  Ledger(Path folder, Clock clock) throws IOException {
    this.log = Files.createDirectories(folder).resolve("ledger.jsonl");
    this.bills = new Bills(folder.resolve("bills"));
    this.clock = clock;
    mend();
    forEachEvent(this::replay);
  }

  Bills bills() {
    return bills;
  }

  synchronized void created(Job job) {
    append("created", json(job));
  }

  synchronized void changed(Job job) {
    append("changed", json(job));
  }

  /**
   * Notes something that a client should never do.
   *
   * @param kind in capitals, for a checker to tell apart
   * @param displayName of the job concerned; empty if there is none
   */
  synchronized void violation(String kind, String displayName, String detail) {
    append(
        VIOLATION,
        Json.object()
            .put("kind", kind)
            .put("displayName", displayName)
            .put("detail", detail)
            .put("at", clock.instant().toString()));
  }

  /** A call of generateContent that was answered, which has no job and no key. */
  synchronized void generated(String model, String digest) {
    append(
        GENERATED,
        Json.object()
            .put("model", model)
            .put("digest", digest)
            .put("at", clock.instant().toString()));
  }

  /** Writes all of it, holding no more in memory than the jobs. */
  void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    Map<String, Entry> known;
    synchronized (this) {
      known = new LinkedHashMap<>(jobs);
    }
    json.writeArrayFieldStart("jobs");
    for (Entry entry : known.values()) {
      json.writePOJO(entry);
    }
    json.writeEndArray();
    Map<String, String> displayNames = new LinkedHashMap<>();
    known.values().forEach(entry -> displayNames.put(entry.name(), entry.displayName()));
    json.writeArrayFieldStart("requests");
    bills.writeTo(json, displayNames);
    json.writeEndArray();
    writeEvents(json, "interactive", GENERATED);
    writeEvents(json, "violations", VIOLATION);
    json.writeEndObject();
  }

  private void writeEvents(JsonGenerator json, String field, String kind) throws IOException {
    json.writeArrayFieldStart(field);
    forEachEvent(
        event -> {
          if (event.remove("event").asText().equals(kind)) {
            json.writeTree(event);
          }
        });
    json.writeEndArray();
  }

  private static ObjectNode json(Job job) {
    return Json.object()
        .put("name", job.name())
        .put("displayName", job.displayName())
        .put("model", job.model())
        .put("state", job.phase().toString())
        .put("created", job.createTime())
        .put("requests", job.requests());
  }

  private void append(String kind, ObjectNode event) {
    ObjectNode line = Json.object().put("event", kind).setAll(event);
    try {
      Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + log, e);
    }
    replay(line);
  }

  private void replay(JsonNode event) {
    if (event.has("state")) {
      Entry entry =
          new Entry(
              event.path("name").asText(),
              event.path("displayName").asText(),
              event.path("model").asText(),
              event.path("state").asText(),
              event.path("created").asText(),
              event.path("requests").asLong());
      jobs.put(entry.name(), entry);
    }
  }

  /** Sets a line that a kill cut short apart from the next. */
  private void mend() throws IOException {
    if (Files.exists(log)) {
      Files.writeString(log, "\n", StandardOpenOption.APPEND);
    }
  }

  private interface EventReader {
    void read(ObjectNode event) throws IOException;
  }

  private void forEachEvent(EventReader reader) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // Events are flat: a line without a brace at its end is one that a kill cut short, and of
        // that one nobody was told.
        if (line.endsWith("}")) {
          reader.read((ObjectNode) Json.MAPPER.readTree(line));
        }
      }
    }
  }
}
