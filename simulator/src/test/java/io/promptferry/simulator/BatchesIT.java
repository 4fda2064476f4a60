package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class BatchesIT {
  @TempDir Path data;
  private Simulator simulator;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    start(Duration.ZERO, Duration.ZERO);
  }

  private void start(Duration queue, Duration run) throws IOException {
    if (simulator != null) {
      simulator.close();
    }
    simulator = Simulator.start(SimulatorSettings.in(data).withDelays(queue, run));
    client = new WireClient(simulator);
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  @Test
  void answersEveryLineOnceOutOfOrderAndBillsIt() {
    StringBuilder file = new StringBuilder();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      keys.add("k" + i);
      file.append(line("k" + i, "What is " + i + "?"));
    }
    String name = client.submit("d", file.toString());

    List<JsonNode> answers = client.results(name).lines().map(WireClient::parsed).toList();
    assertThat(answers).extracting(a -> a.path("key").asText()).hasSameElementsAs(keys);
    for (int i = 0; i < answers.size(); i++) {
      JsonNode answer = answers.get(i);
      String key = answer.path("key").asText();
      assertThat(key).as("no line keeps its place").isNotEqualTo("k" + i);
      String prompt = "What is " + key.substring(1) + "?";
      String text = answer.at("/response/candidates/0/content/parts/0/text").asText();
      assertThat(text).isEqualTo(prompt + " [sha256:" + PromptDigest.of(prompt) + "]");
      assertThat(answer.at("/response/responseId").asText()).endsWith(PromptDigest.of(prompt));
    }
    JsonNode stats = client.ended(name).at("/metadata/batchStats");
    assertThat(stats.path("requestCount").isTextual()).isTrue();
    assertThat(stats.path("successfulRequestCount").asText()).isEqualTo("200");
    assertThat(client.ledger().path("requests"))
        .hasSize(200)
        .allMatch(r -> r.path("times").asInt() == 1 && r.path("displayName").asText().equals("d"));
  }

  static Stream<Arguments> filesThatFail() {
    String fine = line("a", "x");
    return Stream.of(
        Arguments.of(
            fine + line("b", "x").replace("contents", "content"), "no such field: 'content'"),
        Arguments.of(fine + "{\"key\":\"b\",", "Error on line 2: invalid JSON, near column "),
        Arguments.of(fine + "\n" + line("b", "x"), "Error on line 2: invalid JSON"),
        Arguments.of(
            fine + line("b", "x", "{\"responseJsonSchema\":{}}"),
            "Error on line 2: response_json_schema needs response_mime_type"),
        Arguments.of(
            fine + line("b", "x", "{\"responseSchema\":{\"type\":\"STRING\"}}"),
            "Error on line 2: response_schema needs response_mime_type"),
        Arguments.of(
            fine + line("b", "y") + line("a", "z"),
            "Error on line 3: duplicate key 'a', first on line 1"),
        Arguments.of("", "empty"));
  }

  @ParameterizedTest
  @MethodSource
  void filesThatFail(String content, String message) {
    String name = client.submit("bad", content);

    JsonNode job = client.ended(name);
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_FAILED");
    assertThat(job.at("/error/code").asInt()).isEqualTo(3);
    assertThat(job.at("/error/message").asText()).contains(message);
    assertThat(job.has("response")).isFalse();
    assertThat(client.ledger().path("requests")).isEmpty();
  }

  @Test
  void aLineWithoutContentsIsAnErrorOfItsOwnAndIsNotBilled() {
    String name =
        client.submit("d", line("a", "x") + "{\"key\":\"b\",\"request\":{\"contents\":[]}}\n");

    assertThat(client.results(name)).contains("{\"key\":\"b\",\"error\":{\"code\":3,");
    JsonNode stats = client.ended(name).at("/metadata/batchStats");
    assertThat(stats.path("successfulRequestCount").asText()).isEqualTo("1");
    assertThat(stats.path("failedRequestCount").asText()).isEqualTo("1");
    assertThat(client.ledger().path("requests")).hasSize(1);
  }

  @Test
  void takesBothSpellings() {
    String file = client.upload(line("a", "x"));
    HttpResponse<String> created =
        client.send(
            "POST",
            "/v1beta/models/m:batchGenerateContent",
            "{\"batch\":{\"display_name\":\"s\",\"input_config\":{\"file_name\":\""
                + file
                + "\"}}}");
    assertThat(json(created).at("/metadata/displayName").asText()).isEqualTo("s");
    assertThat(json(created).has("done")).isFalse();
  }

  @Test
  void anInputDeletedBeforeTheJobRanFailsIt() throws IOException {
    start(Duration.ofMillis(300), Duration.ZERO);
    String file = client.upload(line("a", "x"));
    String name = json(client.create("d", file)).path("name").asText();
    json(client.send("DELETE", "/v1beta/" + file, ""));

    JsonNode job = client.ended(name);
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_FAILED");
    assertThat(job.at("/error/code").asInt()).isEqualTo(5);

    HttpResponse<String> late = client.create("late", file);
    assertThat(late.statusCode()).isEqualTo(404);
    assertThat(client.ledger().path("violations"))
        .extracting(v -> v.path("kind").asText(), v -> v.path("displayName").asText())
        .containsExactly(tuple("DELETED_FILE_SUBMITTED", "late"));
  }

  @Test
  void anInputDeletedWhileTheJobRunsDoesNotHarmIt() throws IOException {
    start(Duration.ZERO, Duration.ofMillis(300));
    String file = client.upload(line("a", "x"));
    String name = json(client.create("d", file)).path("name").asText();
    await()
        .until(
            () ->
                client
                    .get("/v1beta/" + name)
                    .at("/metadata/batchStats/requestCount")
                    .asText()
                    .equals("1"));
    json(client.send("DELETE", "/v1beta/" + file, ""));

    assertThat(client.results(name)).contains(PromptDigest.of("x"));
  }

  @Test
  void listsNewestFirstInPagesThatNewJobsDoNotShift() throws IOException {
    start(Duration.ofHours(1), Duration.ZERO);
    String file = client.upload(line("a", "x"));
    for (int i = 0; i < 5; i++) {
      json(client.create("j" + i, file));
    }
    JsonNode first = client.get("/v1beta/batches?pageSize=2");
    json(client.create("new", file));
    JsonNode second =
        client.get("/v1beta/batches?pageSize=2&pageToken=" + first.path("nextPageToken").asText());
    JsonNode third =
        client.get("/v1beta/batches?pageSize=2&pageToken=" + second.path("nextPageToken").asText());

    assertThat(displayNames(first)).containsExactly("j4", "j3");
    assertThat(displayNames(second)).containsExactly("j2", "j1");
    assertThat(displayNames(third)).containsExactly("j0");
    assertThat(third.has("nextPageToken")).isFalse();
    assertThat(client.send("GET", "/v1beta/batches?pageToken=rubbish", "").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aCancelledJobIsOverAndNotBilled() throws IOException {
    start(Duration.ZERO, Duration.ofHours(1));
    String name = client.submit("d", line("a", "x"));
    json(client.send("POST", "/v1beta/" + name + ":cancel", "{}"));

    JsonNode job = client.get("/v1beta/" + name);
    assertThat(job.at("/metadata/state").asText()).isEqualTo("BATCH_STATE_CANCELLED");
    assertThat(job.path("done").asBoolean()).isTrue();
    assertThat(job.at("/error/code").asInt()).isEqualTo(1);
    assertThat(client.ledger().path("requests")).isEmpty();

    json(client.send("DELETE", "/v1beta/" + name, ""));
    assertThat(client.send("GET", "/v1beta/" + name, "").statusCode()).isEqualTo(404);
    assertThat(client.ledger().at("/jobs/0/state").asText()).isEqualTo("CANCELLED");
  }

  @Test
  void twoJobsUnderOneNameAreTwoBillsAndAViolation() {
    String file = client.upload(line("a", "x"));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      names.add(json(client.create("twin", file)).path("name").asText());
    }
    names.forEach(client::ended);

    JsonNode ledger = client.ledger();
    assertThat(ledger.at("/requests/0/times").asInt()).isEqualTo(2);
    assertThat(ledger.path("requests")).hasSize(1);
    assertThat(ledger.path("jobs")).hasSize(2);
    assertThat(ledger.at("/violations/0/kind").asText()).isEqualTo("DUPLICATE_JOB");
  }

  @Test
  void aLiveJobsNameUsedAgainIsAViolation() throws IOException {
    start(Duration.ofHours(1), Duration.ZERO);
    String file = client.upload(line("a", "x"));
    json(client.create("twin", file));
    json(client.create("other", file));
    assertThat(client.ledger().path("violations")).isEmpty();
    json(client.create("twin", file));

    assertThat(client.ledger().at("/violations/0/kind").asText()).isEqualTo("DUPLICATE_JOB");
  }

  @Test
  void goesOnAfterARestartWithoutBillingTwice() throws IOException {
    String done = client.submit("done", line("a", "x"));
    client.ended(done);
    start(Duration.ZERO, Duration.ofHours(1));
    String running = client.submit("running", line("b", "y"));
    start(Duration.ZERO, Duration.ZERO);

    assertThat(client.results(running)).contains(PromptDigest.of("y"));
    assertThat(client.results(done)).contains(PromptDigest.of("x"));
    assertThat(client.ledger().path("requests"))
        .extracting(r -> r.path("displayName").asText() + r.path("times").asText())
        .containsExactly("done1", "running1");
    assertThat(client.ledger().path("jobs"))
        .extracting(j -> j.path("state").asText())
        .containsOnly("SUCCEEDED");
  }

  @Test
  void refusesAsTheServiceDoes() {
    JsonNode wrongKey =
        parsed(new WireClient(simulator, "other").send("GET", "/v1beta/batches", "").body());
    assertThat(wrongKey.at("/error/code").asInt()).isEqualTo(400);
    assertThat(wrongKey.at("/error/status").asText()).isEqualTo("INVALID_ARGUMENT");
    assertThat(wrongKey.at("/error/details/0/reason").asText()).isEqualTo("API_KEY_INVALID");

    assertThat(client.create("d", "files/none").statusCode()).isEqualTo(404);
    assertThat(client.send("GET", "/v1beta/batches/none", "").statusCode()).isEqualTo(404);
    assertThat(client.send("POST", "/v1beta/batches/none:cancel", "{}").statusCode())
        .isEqualTo(404);
    JsonNode unknownPath = parsed(client.send("GET", "/v1beta/nothing", "").body());
    assertThat(unknownPath.at("/error/status").asText()).isEqualTo("NOT_FOUND");
    HttpResponse<String> unknownField =
        client.send(
            "POST", "/v1beta/models/m:batchGenerateContent", "{\"batch\":{\"display\":\"d\"}}");
    assertThat(unknownField.statusCode()).isEqualTo(400);
    assertThat(unknownField.body()).contains("Unknown name \\\"display\\\"");
    assertThat(client.send("GET", "/simulator/health", "").statusCode()).isEqualTo(200);
  }

  private static List<String> displayNames(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.path("operations").forEach(op -> names.add(op.at("/metadata/displayName").asText()));
    return names;
  }
}
