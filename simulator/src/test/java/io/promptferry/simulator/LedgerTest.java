package io.promptferry.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.simulator.faults.JobEffect;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private Ledger open() throws IOException {
    return new Ledger(folder, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static JsonNode read(Ledger ledger) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = Json.MAPPER.createGenerator(out)) {
      ledger.writeTo(json);
    }
    return WireClient.parsed(out.toString());
  }

  private static Job job(String displayName) {
    return Job.pending(1, "p", displayName, "models/m", "in", JobEffect.NONE, NOW);
  }

  @Test
  void survivesAKillInTheMiddleOfALine() throws IOException {
    open().created(job("before"));
    Files.writeString(
        folder.resolve("ledger.jsonl"), "{\"event\":\"crea", StandardOpenOption.APPEND);
    open().created(job("after"));

    assertThat(read(open()).path("jobs"))
        .extracting(j -> j.path("displayName").asText())
        .containsExactly("before", "after");
  }

  @Test
  void aBillCountsOnlyOnceItIsWhole() throws IOException {
    Ledger ledger = open();
    Job job = job("d");
    ledger.created(job);
    try (Bills.Draft draft = ledger.bills().draft(job.id())) {
      draft.add("a");
    }
    assertThat(read(ledger).path("requests")).isEmpty();
    for (int run = 0; run < 2; run++) {
      try (Bills.Draft draft = ledger.bills().draft(job.id())) {
        draft.add("line\nbreak");
        draft.commit();
      }
    }
    assertThat(read(ledger).path("requests").toString())
        .isEqualTo("[{\"displayName\":\"d\",\"key\":\"line\\nbreak\",\"times\":1}]");
  }

  @Test
  void countsAKeyUnderOneDisplayNameOverItsJobs() throws IOException {
    Ledger ledger = open();
    for (String key : new String[] {"a", "a", "b"}) {
      Job job = job("d");
      ledger.created(job);
      try (Bills.Draft draft = ledger.bills().draft(job.id())) {
        draft.add(key);
        draft.commit();
      }
    }
    assertThat(read(open()).path("requests"))
        .extracting(r -> r.path("key").asText() + r.path("times").asInt())
        .containsExactly("a2", "b1");
  }
}
