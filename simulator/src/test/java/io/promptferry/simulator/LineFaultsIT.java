package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LineFaultsIT {
  private static final String TEXT = "/response/candidates/0/content/parts/0/text";
  private static final String SCHEMA =
      "{\"responseMimeType\":\"application/json\",\"responseJsonSchema\":"
          + "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}";

  @TempDir Path data;
  private Disturbed it;
  private String job = "";

  @BeforeEach
  void start() throws IOException {
    it = new Disturbed(data);
  }

  @AfterEach
  void stop() {
    it.close();
  }

  /** The result lines of a job of three, of which the one with the key "bad" is struck. */
  private List<String> struck(String what) {
    it.arm("{'call':'line','match':'bad','what':" + what + "}");
    job = it.client.submit("d", line("a", "x") + line("bad", "y", SCHEMA) + line("c", "z"));
    List<String> lines = it.client.results(job).lines().toList();
    assertThat(it.fired()).containsExactly(1);
    return lines;
  }

  private JsonNode bad(String what) {
    return struck(what).stream()
        .filter(line -> line.contains("\"key\":\"bad\""))
        .map(WireClient::parsed)
        .findFirst()
        .orElseThrow();
  }

  private void billed(String... keys) {
    assertThat(it.client.ledger().path("requests"))
        .allMatch(request -> request.path("times").asInt() == 1)
        .extracting(request -> request.path("key").asText())
        .containsExactlyInAnyOrder(keys);
  }

  private String failures() {
    return it.client.ended(job).at("/metadata/batchStats/failedRequestCount").asText("0");
  }

  @Test
  void lost() {
    assertThat(struck("{'lost':true}")).hasSize(2).noneMatch(line -> line.contains("\"bad\""));
    assertThat(failures()).isEqualTo("0");
    billed("a", "c");
  }

  @Test
  void doubled() {
    List<String> lines = struck("{'doubled':true}");
    assertThat(lines).hasSize(4);
    assertThat(lines.stream().filter(line -> line.contains("\"bad\"")).distinct()).hasSize(1);
    billed("a", "bad", "c");
  }

  @Test
  void garbled() {
    List<String> lines = struck("{'garbled':true}");
    assertThat(lines).hasSize(3);
    String garbled = lines.stream().filter(line -> line.contains("\"bad\"")).findFirst().get();
    assertThatThrownBy(() -> parsed(garbled)).hasMessageContaining("end-of-input");
    billed("a", "bad", "c");
  }

  @Test
  void empty() {
    JsonNode line = bad("{'empty':true}");
    assertThat(line.path("response").has("candidates")).isFalse();
    assertThat(line.path("response").has("usageMetadata")).isTrue();
    billed("a", "bad", "c");
  }

  @Test
  void withoutText() {
    JsonNode candidate = bad("{'noText':true}").at("/response/candidates/0");
    assertThat(candidate.path("finishReason").asText()).isEqualTo("STOP");
    assertThat(candidate.path("content").has("parts")).isFalse();
  }

  @Test
  void anError() {
    JsonNode line = bad("{'error':{'code':8,'message':'too much'}}");
    assertThat(line.path("error").toString()).isEqualTo("{\"code\":8,\"message\":\"too much\"}");
    assertThat(line.has("response")).isFalse();
    assertThat(failures()).isEqualTo("1");
    billed("a", "c");
  }

  @Test
  void anErrorThatIsACodeAlone() {
    JsonNode line = bad("{'bareCode':1}");
    assertThat(line.toString()).isEqualTo("{\"key\":\"bad\",\"error\":{\"code\":1}}");
    billed("a", "c");
  }

  @Test
  void anErrorUnderStatus() {
    JsonNode line = bad("{'status':{'code':13,'message':'m'}}");
    assertThat(line.toString())
        .isEqualTo("{\"key\":\"bad\",\"status\":{\"code\":13,\"message\":\"m\"}}");
    billed("a", "c");
  }

  @Test
  void cutShortByMaxTokens() {
    JsonNode line = bad("{'finishReason':'MAX_TOKENS'}");
    assertThat(line.at("/response/candidates/0/finishReason").asText()).isEqualTo("MAX_TOKENS");
    String text = line.at(TEXT).asText();
    assertThat(text).startsWith("{\"a\":");
    assertThatThrownBy(() -> parsed(text)).hasMessageContaining("end-of-input");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAFETY", "RECITATION", "BREWING"})
  void withheld(String reason) {
    JsonNode candidate = bad("{'finishReason':'" + reason + "'}").at("/response/candidates/0");
    assertThat(candidate.path("finishReason").asText()).isEqualTo(reason);
    assertThat(candidate.path("content").has("parts")).isFalse();
  }

  @Test
  void notInTheSchema() {
    assertThat(parsed(bad("{'notInSchema':true}").at(TEXT).asText()).isObject()).isFalse();
  }

  @Test
  void huge() {
    String text = bad("{'huge':3000000}").at(TEXT).asText();
    assertThat(text).hasSize(3_000_000);
    assertThat(parsed(text).path("a").asText()).contains(PromptDigest.of("y"));
  }

  @Test
  void theSameSeedStrikesTheSameLines(@TempDir Path otherData) throws IOException {
    long seed = 20_261_120;
    System.out.println("seed " + seed);
    String fault = "{'call':'line','what':{'lost':true},'probability':0.4,'seed':" + seed + "}";
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      file.append(line("k" + i, "x"));
    }
    it.arm(fault);
    List<String> here = keys(it, file.toString());
    List<String> again = keys(it, file.toString());
    assertThat(here).hasSizeBetween(80, 160).isNotEqualTo(again);
    try (Disturbed there = new Disturbed(otherData)) {
      there.arm(fault);
      assertThat(keys(there, file.toString())).isEqualTo(here);
      assertThat(keys(there, file.toString())).isEqualTo(again);
    }
  }

  private static List<String> keys(Disturbed at, String file) {
    return at.client
        .results(at.client.submit("d", file))
        .lines()
        .map(line -> parsed(line).path("key").asText())
        .toList();
  }
}
