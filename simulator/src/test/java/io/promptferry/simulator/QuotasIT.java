package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QuotasIT {
  @TempDir Path data;
  private Disturbed it;
  private WireClient other;

  @BeforeEach
  void start() throws IOException {
    it =
        new Disturbed(
            SimulatorSettings.in(data)
                .withDelays(Duration.ofHours(1), Duration.ZERO)
                .withApiKeys(List.of("simulator", "other"))
                .withQuotas(new Quotas(2, Quotas.UNLIMITED, 2_000)));
    other = new WireClient(it.simulator, "other");
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private static void exhausted(HttpResponse<String> response, String which) {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(parsed(response.body()).at("/error/status").asText())
        .isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(response.body()).contains(which);
    assertThat(response.headers().firstValue("Retry-After")).isEmpty();
  }

  @Test
  void jobsAtATimeAProject() {
    String file = it.client.upload(line("a", "x"));
    String first = json(it.client.create("1", file)).path("name").asText();
    json(it.client.create("2", file));
    exhausted(it.client.create("3", file), "Concurrent batch jobs: at most 2.");
    assertThat(it.client.ledger().path("jobs")).hasSize(2);
    json(other.create("of another project", other.upload(line("a", "x"))));

    json(it.client.send("POST", "/v1beta/" + first + ":cancel", "{}"));
    json(it.client.create("3", file));
    exhausted(it.client.create("4", file), "Concurrent");
    it.put("/simulator/quotas", "{'concurrentJobs':null}");
    json(it.client.create("4", file));
  }

  @Test
  void enqueuedTokensAModel() {
    it.put("/simulator/quotas", "{'concurrentJobs':100,'enqueuedTokens':25}");
    assertThat(it.client.get("/simulator/quotas").toString())
        .isEqualTo("{\"concurrentJobs\":100,\"enqueuedTokens\":25,\"storedBytes\":2000}");
    // Ten tokens, in two lines of five.
    String file = it.client.upload(line("a", "y".repeat(20)) + line("b", "y".repeat(17)));
    String first = json(it.client.create("1", file)).path("name").asText();
    json(it.client.create("2", file));
    exhausted(it.client.create("3", file), "at most 25, with this job 30.");
    String body = Disturbed.createOf("other model", file);
    json(it.client.send("POST", "/v1beta/models/other:batchGenerateContent", body));
    json(other.create("of another project", other.upload(line("a", "y".repeat(80)))));

    json(it.client.send("POST", "/v1beta/" + first + ":cancel", "{}"));
    json(it.client.create("3", file));
  }

  @Test
  void storedBytesAProject() {
    String file = it.client.upload("x".repeat(1_500));
    exhausted(it.client.startUpload("", 501), "at most 2000 bytes, of which 1500 are in use.");
    assertThat(it.client.startUpload("", 500).statusCode()).isEqualTo(200);
    assertThat(other.startUpload("", 2_000).statusCode()).isEqualTo(200);

    // A length that nobody declared shows at the end, and the upload goes on once there is room.
    String url =
        it.client.startUpload("", -1).headers().firstValue("X-Goog-Upload-URL").orElseThrow();
    exhausted(it.client.uploadPart(url, "upload, finalize", 0, "y".repeat(501)), "1500");
    json(it.client.send("DELETE", "/v1beta/" + file, ""));
    assertThat(json(it.client.uploadPart(url, "finalize", 501, "")).at("/file/sizeBytes").asText())
        .isEqualTo("501");
  }

  @Test
  void whatIsNoQuotaIsRefused() {
    for (String body : List.of("{\"jobs\":1}", "{\"storedBytes\":-1}", "{\"storedBytes\":\"x\"}")) {
      assertThat(it.client.send("PUT", "/simulator/quotas", body).statusCode()).isEqualTo(400);
    }
    assertThat(it.client.get("/simulator/quotas").path("storedBytes").asInt()).isEqualTo(2_000);
  }
}
