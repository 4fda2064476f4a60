package io.promptferry.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.PromptValidation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Whatever passes validation becomes one line of valid UTF-8 and JSON, and its request one that the
 * API's fields allow: as a request by itself it passes validation again.
 */
class RequestLinePropertyTest {

  private static final Instant NOW = Instant.parse("2026-01-31T23:59:59Z");
  private static final PromptValidation.Rules RULES =
      new PromptValidation.Rules("gemini-2.5-flash", Set.of());
  private static final int EVENTS = 3_000;
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @RepeatedTest(5)
  void whatPassesValidationBecomesAGoodLine() {
    long seed = System.nanoTime();
    var events = new RandomEvents(new Random(seed));
    for (int i = 0; i < EVENTS; i++) {
      PromptEvent event = events.next();
      try {
        if (PromptValidation.check(event, RULES, NOW).isEmpty()) {
          checkLine(event);
        }
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed %d, event %d: %s".formatted(seed, i, event), e);
      }
    }
  }

  private static void checkLine(PromptEvent event) throws Exception {
    byte[] line = RequestLine.render("7-1234", event);
    String text = decode(line);
    assertThat(text.indexOf('\n')).isEqualTo(text.length() - 1);
    assertThat(text.indexOf('\r')).isNegative();
    JsonNode json = STRICT.readTree(text);
    assertThat(json.fieldNames()).toIterable().containsExactly("key", "request");
    assertThat(json.path("key").asText()).isEqualTo("7-1234");
    assertThat(json.path("request").has("model")).isFalse();
    PromptEvent again = PromptEvent.newBuilder().setRequest(rawRequest(text)).build();
    assertThat(PromptValidation.check(again, RULES, NOW)).isEmpty();
    assertThat(new String(RequestLine.render("7-1234", again), UTF_8)).isEqualTo(text);
    assertThat(TokenEstimate.of(event)).isPositive();
  }

  private static String rawRequest(String line) {
    String before = "\"request\":";
    return line.substring(line.indexOf(before) + before.length(), line.lastIndexOf('}'));
  }

  private static String decode(byte[] line) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
  }

  /** Else the property would hold of nothing. */
  @Test
  void someOfEachFormPassAndSomeDoNot() {
    var events = new RandomEvents(new Random(1));
    int simple = 0;
    int raw = 0;
    int refused = 0;
    for (int i = 0; i < EVENTS; i++) {
      PromptEvent event = events.next();
      if (PromptValidation.check(event, RULES, NOW).isPresent()) {
        refused++;
      } else if (event.getRequest() == null) {
        simple++;
      } else {
        raw++;
      }
    }
    assertThat(simple).isGreaterThan(300);
    assertThat(raw).isGreaterThan(300);
    assertThat(refused).isGreaterThan(300);
  }
}
