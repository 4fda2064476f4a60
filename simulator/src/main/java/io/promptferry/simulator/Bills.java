package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys billed, one file a job, a key a line as a JSON string. A bill appears as a whole, so a
 * job that is run again after a restart of the simulator is still billed once.
 */
final class Bills {
  /** A bill being written. */
  static final class Draft implements AutoCloseable {
    private final Path draft;
    private final Path bill;
    private final BufferedWriter out;

    private Draft(Path draft, Path bill) throws IOException {
      this.draft = draft;
      this.bill = bill;
      this.out = Files.newBufferedWriter(draft);
    }

    void add(String key) throws IOException {
      out.write(Json.MAPPER.writeValueAsString(key));
      out.write('\n');
    }

    /** Makes it count. */
    void commit() throws IOException {
      out.close();
      Files.move(draft, bill, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  private interface KeyReader {
    void read(String key) throws IOException;
  }

  private final Path folder;

  Bills(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  Draft draft(String jobId) throws IOException {
    return new Draft(folder.resolve(jobId + ".draft"), folder.resolve(jobId + ".jsonl"));
  }

  /**
   * Writes how often each key was billed under each display name. Only keys of display names that
   * stand on several bills have to be counted in memory.
   */
  void writeTo(JsonGenerator json, Map<String, String> displayNameByJob) throws IOException {
    Map<String, List<Path>> byDisplayName = new LinkedHashMap<>();
    displayNameByJob.forEach(
        (job, displayName) -> {
          Path bill = folder.resolve(job.substring("batches/".length()) + ".jsonl");
          if (Files.exists(bill)) {
            byDisplayName.computeIfAbsent(displayName, name -> new ArrayList<>()).add(bill);
          }
        });
    for (Map.Entry<String, List<Path>> bills : byDisplayName.entrySet()) {
      if (bills.getValue().size() == 1) {
        read(bills.getValue().get(0), key -> write(json, bills.getKey(), key, 1));
        continue;
      }
      Map<String, Integer> times = new LinkedHashMap<>();
      for (Path bill : bills.getValue()) {
        read(bill, key -> times.merge(key, 1, Integer::sum));
      }
      for (Map.Entry<String, Integer> key : times.entrySet()) {
        write(json, bills.getKey(), key.getKey(), key.getValue());
      }
    }
  }

  private static void read(Path bill, KeyReader reader) throws IOException {
    try (BufferedReader keys = Files.newBufferedReader(bill)) {
      for (String key = keys.readLine(); key != null; key = keys.readLine()) {
        reader.read(Json.MAPPER.readValue(key, String.class));
      }
    }
  }

  private static void write(JsonGenerator json, String displayName, String key, int times)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("displayName", displayName);
    json.writeStringField("key", key);
    json.writeNumberField("times", times);
    json.writeEndObject();
  }
}
