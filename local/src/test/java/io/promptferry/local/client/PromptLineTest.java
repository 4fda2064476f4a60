package io.promptferry.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptEvent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptLineTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void everyFieldArrives() throws Exception {
    PromptLine line =
        PromptLine.parse(
            """
            {"key":"k 1","id":"r-1","prompt":"Say größe.","system":"Be brief.","model":"m",
             "responseJsonSchema":{"type":"object"},
             "generation":{"temperature":1,"maxOutputTokens":20,"stopSequences":["a","b"]},
             "attributes":{"order":"17"},"deadline":"2026-01-02T00:00:00Z","replyTo":"answers"}\
            """,
            NOW);
    assertThat(line.key()).hasValue("k 1");
    PromptEvent event = line.event();
    assertThat(event.getId()).isEqualTo("r-1");
    assertThat(event.getPrompt()).isEqualTo("Say größe.");
    assertThat(event.getSystem()).isEqualTo("Be brief.");
    assertThat(event.getModel()).isEqualTo("m");
    assertThat(event.getResponseJsonSchema()).isEqualTo("{\"type\":\"object\"}");
    assertThat(event.getGeneration().getTemperature()).isEqualTo(1.0);
    assertThat(event.getGeneration().getMaxOutputTokens()).isEqualTo(20);
    assertThat(event.getGeneration().getTopP()).isNull();
    assertThat(event.getGeneration().getStopSequences()).containsExactly("a", "b");
    assertThat(event.getAttributes()).containsEntry("order", "17");
    assertThat(event.getDeadline()).isEqualTo(Instant.parse("2026-01-02T00:00:00Z"));
    assertThat(event.getReplyTo()).isEqualTo("answers");
  }

  @Test
  void whatIsLeftOutHasItsDefaultAndCanBeWritten() throws Exception {
    PromptLine line = PromptLine.parse("{\"prompt\":\"p\",\"system\":null}", NOW);
    assertThat(line.headers()).isEmpty();
    assertThat(line.key()).isEmpty();
    assertThat(line.event()).isEqualTo(PromptEvent.newBuilder().setPrompt("p").build());
    assertThat(line.event().toByteBuffer().remaining()).isPositive();
  }

  @Test
  void aSchemaMayBeTextToo() throws Exception {
    PromptLine line =
        PromptLine.parse("{\"prompt\":\"p\",\"responseJsonSchema\":\"{\\\"a\\\": 1}\"}", NOW);
    assertThat(line.event().getResponseJsonSchema()).isEqualTo("{\"a\": 1}");
  }

  @Test
  void headersStandBesideTheEvent() throws BadLineException {
    PromptLine line = PromptLine.parse("{\"prompt\":\"p\",\"headers\":{\"tenant\":\"acme\"}}", NOW);
    assertThat(line.headers()).isEqualTo(Map.of("tenant", "acme"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"promt\":\"p\"}                          | unknown field 'promt': a line has key, headers, id, model, prompt,",
        "{\"prompt\":\"p\",\"generation\":{\"k\":1}} | unknown field 'generation.k': a GenerationSettings has temperature,",
        "{\"prompt\":\"p\",\"generation\":{\"topK\":1.5}} | generation.topK must be a whole number",
        "{\"prompt\":\"p\",\"generation\":{\"stopSequences\":[\"a\",1]}} | generation.stopSequences[1] must be a string",
        "{\"prompt\":\"p\",\"generation\":{\"temperature\":3}} | temperature must be 0.0 to 2.0",
        "{\"prompt\":5}                             | prompt must be a string",
        "{\"prompt\":\"p\",\"id\":null}             | id must be a string",
        "{\"prompt\":\"p\",\"key\":5}               | key must be a string",
        "{\"prompt\":\"p\",\"attributes\":{\"a\":1}} | attributes.a must be a string",
        "{\"prompt\":\"p\",\"headers\":{\"a\":1}} | header a must be a string",
        "{\"prompt\":\"p\",\"headers\":[]} | headers must be an object",
        "{\"prompt\":\"p\",\"deadline\":\"tomorrow\"} | deadline must be a time such as",
        "{\"prompt\":\"p\",\"deadline\":\"2025-12-31T00:00:00Z\"} | was past",
        "{\"key\":\"k\"}                            | the event has no content",
        "{\"prompt\":\"p\",\"prompt\":\"q\"}        | is not JSON at column",
        "{\"prompt\":\"p\"} {}                      | is not JSON at column",
        "{\"prompt\":\"p\"                          | is not JSON at column",
        "[\"prompt\"]                               | must be a JSON object",
        "{\"prompt\":\"p\",\"responseJsonSchema\":[]} | responseJsonSchema must be an object",
      })
  void aBadLineIsRefusedWithItsReason(String line, String message) {
    assertThatThrownBy(() -> PromptLine.parse(line, NOW))
        .isInstanceOf(BadLineException.class)
        .hasMessageContaining(message);
  }
}
