package io.promptferry.simulator.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** The simulator's ledger, as it stood when it was asked for. */
public record Books(JsonNode ledger) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> LIVE = Set.of("PENDING", "RUNNING");

  /** A job that was ever created. */
  public record Entry(String name, String displayName, String state) {}

  /** Asks for it. */
  public static Books of(URI simulator) throws IOException {
    try (InputStream ledger = simulator.resolve("/simulator/ledger").toURL().openStream()) {
      return new Books(JSON.readTree(ledger));
    }
  }

  /** Every job ever created under the name. */
  public List<Entry> jobs(String displayName) {
    return jobs().stream().filter(job -> job.displayName().equals(displayName)).toList();
  }

  /** How often each key was billed under the name. */
  public Map<String, Integer> billed(String displayName) {
    var billed = new TreeMap<String, Integer>();
    for (JsonNode request : ledger.path("requests")) {
      if (request.path("displayName").asText().equals(displayName)) {
        billed.merge(request.path("key").asText(), request.path("times").asInt(), Integer::sum);
      }
    }
    return billed;
  }

  /** The kinds of what a client should not have done. */
  public List<String> violations() {
    return StreamSupport.stream(ledger.path("violations").spliterator(), false)
        .map(violation -> violation.path("kind").asText())
        .toList();
  }

  /** Whether no job is pending or runs. */
  public boolean settled() {
    return jobs().stream().noneMatch(job -> LIVE.contains(job.state()));
  }

  private List<Entry> jobs() {
    return StreamSupport.stream(ledger.path("jobs").spliterator(), false)
        .map(
            job ->
                new Entry(
                    job.path("name").asText(),
                    job.path("displayName").asText(),
                    job.path("state").asText()))
        .toList();
  }
}
