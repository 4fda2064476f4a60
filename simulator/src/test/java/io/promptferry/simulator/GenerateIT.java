package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GenerateIT {
  private static final String PATH = "/v1beta/models/gemini-2.5-flash:generateContent";

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

  @Test
  void answersAsALineOfAJobWouldBeAndBillsItApart() throws IOException {
    String line = line("a", "What?", "{\"responseMimeType\":\"application/json\"}");
    JsonNode interactive =
        json(it.client.send("POST", PATH, parsed(line).path("request").toString()));
    JsonNode batch = parsed(it.client.results(it.client.submit("d", line))).path("response");
    assertThat(interactive.path("candidates")).isEqualTo(batch.path("candidates"));
    assertThat(interactive.path("usageMetadata")).isEqualTo(batch.path("usageMetadata"));
    assertThat(interactive.path("responseId").asText()).endsWith(PromptDigest.of("What?"));

    it.close();
    it = new Disturbed(data);
    JsonNode ledger = it.client.ledger();
    assertThat(ledger.path("requests")).hasSize(1);
    assertThat(ledger.path("jobs")).hasSize(1);
    assertThat(ledger.path("violations")).isEmpty();
    assertThat(ledger.path("interactive")).hasSize(1);
    JsonNode bill = ledger.at("/interactive/0");
    assertThat(bill.path("model").asText()).isEqualTo("models/gemini-2.5-flash");
    assertThat(bill.path("digest").asText()).isEqualTo(PromptDigest.of("What?"));
  }

  @Test
  void refusesAndDoesNotBillWhatTheServiceRefuses() {
    refused("{\"contents\":[]}", "contents is not specified");
    refused("{\"contents\":[{\"parts\":[{\"txet\":\"x\"}]}]}", "no such field: 'txet'");
    refused(
        "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],"
            + "\"generationConfig\":{\"responseJsonSchema\":{}}}",
        "needs response_mime_type");
    assertThat(it.client.ledger().path("interactive")).isEmpty();
  }

  private void refused(String request, String why) {
    HttpResponse<String> response = it.client.send("POST", PATH, request);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(why);
  }
}
