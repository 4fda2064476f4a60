package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class JobFaultsIT {
  @TempDir Path data;
  private Disturbed it;

  @BeforeEach
  void start() throws IOException {
    it = new Disturbed(data);
  }

  @AfterEach
  void stop() {
    it.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'state':'EXPIRED'} | EXPIRED | 0 | ''",
        "{'state':'FAILED'} | FAILED | 13 | Internal error encountered.",
        "{'state':'FAILED','error':{'code':3,'message':'Error on line 2: odd'}} | FAILED | 3 |"
            + " Error on line 2: odd",
        "{'state':'CANCELLED'} | CANCELLED | 1 | The operation was cancelled.",
      })
  void aJobMayEndOtherwiseAndIsNotBilled(String what, String state, int code, String message) {
    it.arm("{'call':'job','match':'doomed','what':" + what + "}");
    JsonNode job = it.client.ended(it.client.submit("doomed", line("a", "x")));
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_" + state);
    assertThat(job.at("/error/code").asInt()).isEqualTo(code);
    assertThat(job.at("/error/message").asText()).isEqualTo(message);
    assertThat(job.has("response")).isFalse();
    assertThat(it.client.ledger().path("requests")).isEmpty();

    JsonNode other = it.client.ended(it.client.submit("fine", line("a", "x")));
    assertThat(other.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_SUCCEEDED");
    assertThat(it.fired()).containsExactly(1);
  }

  @Test
  void aPartOfTheLinesMayBeMissing() {
    it.arm("{'call':'job','what':{'state':'PARTIALLY_SUCCEEDED','missing':0.3}}");
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      file.append(line("k" + i, "x"));
    }
    String name = it.client.submit("d", file.toString());
    assertThat(it.client.results(name).lines()).hasSize(7);
    JsonNode job = it.client.ended(name);
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_PARTIALLY_SUCCEEDED");
    assertThat(job.at("/metadata/batchStats/successfulRequestCount").asText()).isEqualTo("7");
    assertThat(job.at("/metadata/batchStats/pendingRequestCount").asText()).isEqualTo("3");
    assertThat(it.client.ledger().path("requests")).hasSize(7);
  }

  @Test
  void aCancelledJobMayLeaveWhatItHasDone() {
    it.arm("{'call':'job','what':{'state':'CANCELLED','missing':0.5}}");
    String name = it.client.submit("d", line("a", "x") + line("b", "x"));
    JsonNode job = it.client.ended(name);
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_CANCELLED");
    assertThat(job.at("/error/code").asInt()).isEqualTo(1);
    String path = job.at("/metadata/output/responsesFile").asText() + ":download?alt=media";
    assertThat(it.client.send("GET", "/v1beta/" + path, "").body().lines()).hasSize(1);
    assertThat(it.client.ledger().path("requests")).hasSize(1);
  }

  @Test
  void theResultMayBeReadableOnlyLater() {
    it.arm("{'call':'job','what':{'unreadableFor':1000}}");
    JsonNode job = it.client.ended(it.client.submit("d", line("a", "x")));
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_SUCCEEDED");
    String path = "/v1beta/" + job.at("/response/responsesFile").asText() + ":download?alt=media";
    assertThat(it.client.send("GET", path, "").statusCode()).isEqualTo(404);
    HttpResponse<String> late =
        await().until(() -> it.client.send("GET", path, ""), r -> r.statusCode() == 200);
    assertThat(late.body()).contains(PromptDigest.of("x"));
    assertThat(it.violations()).isEmpty();
  }

  @Test
  void aStuckJobStaysPendingOverARestartUntilItIsCancelled() throws IOException {
    it.arm("{'call':'job','what':{'stuck':true},'times':1}");
    String stuck = it.client.submit("stuck", line("a", "x"));
    it.close();
    it = new Disturbed(data);
    it.client.ended(it.client.submit("next", line("a", "x")));
    assertThat(state(stuck)).isEqualTo("BATCH_STATE_PENDING");
    json(it.client.send("POST", "/v1beta/" + stuck + ":cancel", "{}"));
    assertThat(state(stuck)).isEqualTo("BATCH_STATE_CANCELLED");
  }

  @Test
  void aJobShowsTheStatesOfItsPath() throws IOException {
    it.close();
    var now = new AtomicLong(Instant.parse("2026-03-01T10:00:00Z").toEpochMilli());
    it = new Disturbed(data, at(now));
    it.arm(
        "{'call':'job','times':1,'what':{'each':60000,"
            + "'path':['QUEUED','PENDING','PAUSED','UPDATING','BREWING','RUNNING']}}");
    String name = it.client.submit("d", line("a", "x"));
    var seen = new ArrayList<String>();
    for (int minute = 0; minute < 8; minute++) {
      seen.add(state(name).substring("BATCH_STATE_".length()));
      now.addAndGet(60_000);
    }
    assertThat(seen)
        .containsExactly(
            "QUEUED", "PENDING", "PAUSED", "UPDATING", "BREWING", "RUNNING", "RUNNING", "RUNNING");
  }

  @Test
  void aJobEndsAfterItsPath() {
    it.arm("{'call':'job','what':{'each':1,'state':'EXPIRED','path':['QUEUED','BREWING']}}");
    assertThat(
            it.client.ended(it.client.submit("d", line("a", "x"))).at("/metadata/state").asText())
        .isEqualTo("BATCH_STATE_EXPIRED");
  }

  private static Clock at(AtomicLong now) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(now.get());
      }
    };
  }

  private String state(String name) {
    return it.client.get("/v1beta/" + name).at("/metadata/state").asText();
  }
}
