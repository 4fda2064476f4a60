package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that name files: of the Files API, which must be there for them, and of elsewhere. */
@Timeout(60)
class NamedFilesIT {
  private static final String GOOGLE = "https://generativelanguage.googleapis.com/v1beta/";
  private static final Duration LIFETIME = Duration.ofDays(2);

  @TempDir Path data;
  private Simulator simulator;
  private WireClient client;
  private WireClient theirs;

  @BeforeEach
  void start() throws IOException {
    start(Clock.systemUTC());
  }

  private void start(Clock clock) throws IOException {
    if (simulator != null) {
      simulator.close();
    }
    simulator =
        Simulator.start(
            SimulatorSettings.in(data)
                .withDelays(Duration.ZERO, Duration.ZERO)
                .withApiKeys(List.of("simulator", "theirs")),
            clock);
    client = new WireClient(simulator);
    theirs = new WireClient(simulator, "theirs");
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  private static String naming(String uri) {
    return "{'contents':[{'role':'user','parts':[{'text':'What?'},{'fileData':{'fileUri':'%s','mimeType':'image/png'}}]}]}"
        .formatted(uri)
        .replace('\'', '"');
  }

  private static String lineOf(String request) {
    return "{\"key\":\"it\",\"request\":" + request + "}\n";
  }

  /** The answer to a request, which stands in a job beside one that nothing is wrong with. */
  private JsonNode answer(WireClient who, String request) {
    String job = who.submit("d", lineOf(request) + line("fine", "x"));
    List<JsonNode> lines = who.results(job).lines().map(WireClient::parsed).toList();
    assertThat(lines)
        .filteredOn(line -> line.path("key").asText().equals("fine"))
        .singleElement()
        .matches(line -> line.has("response"));
    return lines.stream()
        .filter(line -> line.path("key").asText().equals("it"))
        .findFirst()
        .orElseThrow();
  }

  private void refused(WireClient who, String request, String file) {
    JsonNode answer = answer(who, request);
    assertThat(answer.has("response")).isFalse();
    assertThat(answer.path("error").toString())
        .isEqualTo(
            "{\"code\":7,\"message\":\"You do not have permission to access the File %s or it may not exist.\"}"
                .formatted(file.substring("files/".length())));
    assertThat(client.ledger().path("requests"))
        .extracting(bill -> bill.path("key").asText())
        .containsExactly("fine");
  }

  private void answered(String request) {
    assertThat(answer(client, request).at("/response/responseId").asText())
        .endsWith(PromptDigest.of("What?"));
    assertThat(client.ledger().path("requests")).hasSize(2);
  }

  @Test
  void aFileOfTheProjectIsThereUntilItExpires() throws IOException {
    String file = client.upload("bytes");
    start(Clock.offset(Clock.systemUTC(), LIFETIME.minusMinutes(5)));

    answered(naming(GOOGLE + file));
  }

  @Test
  void oneThatHasExpiredIsNot() throws IOException {
    String file = client.upload("bytes");
    start(Clock.offset(Clock.systemUTC(), LIFETIME));

    refused(client, naming(GOOGLE + file), file);
  }

  @Test
  void norOneThatWasDeleted() {
    String file = client.upload("bytes");
    json(client.send("DELETE", "/v1beta/" + file, ""));

    refused(client, naming(GOOGLE + file), file);
  }

  @Test
  void norOneOfAnotherProject() {
    String file = client.upload("bytes");

    refused(theirs, naming(GOOGLE + file), file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'contents':[{'parts':[{'text':'a'}]},{'role':'model','parts':[{'fileData':{'fileUri':'%s'}}]}]}",
        "{'contents':[{'parts':[{'file_data':{'file_uri':'%s','mime_type':'image/png'}}]}]}",
        "{'contents':[{'parts':[{'text':'a'}]}],'systemInstruction':{'parts':[{'fileData':{'fileUri':'%s'}}]}}",
        "{'contents':[{'parts':[{'text':'a'}]}],'system_instruction':{'parts':[{'fileData':{'file_uri':'%s'}}]}}",
        "{'contents':[{'parts':[{'fileData':{'fileUri':'gs://b/o'}},{'fileData':{'fileUri':'%s'}}]}]}",
      })
  void norOneThatNeverWasWhereverItIsNamed(String request) {
    refused(
        client, request.replace('\'', '"').formatted(GOOGLE + "files/nothing"), "files/nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gs://bucket/v1beta/files/nothing",
        "https://example.com/v1beta/files/nothing",
        "https://generativelanguage.googleapis.com.example.com/v1beta/files/nothing"
      })
  void whatLiesElsewhereIsTakenAsItIs(String uri) {
    answered(naming(uri));
  }

  @Test
  void anInteractivePromptIsRefusedAsAWhole() {
    String path = "/v1beta/models/gemini-2.5-flash:generateContent";
    String file = client.upload("bytes");
    json(client.send("POST", path, naming(GOOGLE + file)));
    HttpResponse<String> refused = theirs.send("POST", path, naming(GOOGLE + file));

    assertThat(refused.statusCode()).isEqualTo(403);
    JsonNode error = parsed(refused.body()).path("error");
    assertThat(error.path("status").asText()).isEqualTo("PERMISSION_DENIED");
    assertThat(error.path("message").asText())
        .contains("the File " + file.substring("files/".length()));
    assertThat(client.ledger().path("interactive")).hasSize(1);
  }
}
