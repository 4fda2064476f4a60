package io.promptferry.collector.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationsTest {

  private static final String NUMBER = "{\"type\":\"number\"}";

  private final Expectations expectations = new Expectations();

  @Test
  void aPromptThatAsksForNothingTakesAnything() {
    assertThat(expectations.of(null)).isSameAs(Expectation.NONE);
    assertThat(expectations.of(simple(null, null))).isSameAs(Expectation.NONE);
    assertThat(expectations.of(simple(null, "text/plain"))).isSameAs(Expectation.NONE);
    assertThat(expectations.of(simple(null, "text/x.enum"))).isSameAs(Expectation.NONE);
  }

  @Test
  void theSimpleFormAsksForJsonOrForASchema() {
    assertThat(misfit(simple(null, "application/json"), "\"a\"")).isNull();
    assertThat(misfit(simple(null, "application/json"), "a"))
        .isEqualTo(ErrorReason.ANSWER_NOT_JSON);
    assertThat(misfit(simple(NUMBER, null), "\"a\"")).isEqualTo(ErrorReason.ANSWER_MISFIT);
    assertThat(misfit(simple(NUMBER, "application/json"), "1")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'responseMimeType':'application/json','responseJsonSchema':{'type':'number'}}     | ANSWER_MISFIT",
        "{'response_mime_type':'application/json','response_json_schema':{'type':'number'}} | ANSWER_MISFIT",
        "{'responseMimeType':'application/json','_responseJsonSchema':{'type':'number'}}    | ANSWER_MISFIT",
        "{'responseMimeType':'application/json','responseSchema':{'type':'NUMBER'}}         | ANSWER_MISFIT",
        "{'responseMimeType':'application/json','response_schema':{'type':'NUMBER'}}        | ANSWER_MISFIT",
        "{'responseSchema':{'type':'NUMBER'}}                                               | ANSWER_MISFIT",
        "{'responseMimeType':'application/json','responseSchema':null}                      |",
        "{'responseMimeType':'application/json'}                                            |",
        "{'responseMimeType':'text/x.enum','responseSchema':{'type':'NUMBER'}}              |",
        "{'temperature':1}                                                                  |",
      })
  void aRawRequestAsksInItsGenerationConfig(String config, @Nullable ErrorReason reason) {
    for (String name : new String[] {"generationConfig", "generation_config"}) {
      String request = "{'contents':[{'generationConfig':{}}],'%s':%s,'tools':[]}";

      assertThat(misfit(raw(request.formatted(name, config)), "\"a\"")).isEqualTo(reason);
    }
  }

  @Test
  void jsonIsAskedForByItsMimeTypeAlone() {
    assertThat(misfit(raw("{'generationConfig':{'responseMimeType':'application/json'}}"), "a"))
        .isEqualTo(ErrorReason.ANSWER_NOT_JSON);
    assertThat(misfit(raw("{'generationConfig':{'responseMimeType':'text/plain'}}"), "a")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{'generationConfig':7}", "{'generationConfig':{'res"})
  void aRequestThatCannotBeReadAsksForNothing(String request) {
    assertThat(expectations.of(raw(request))).isSameAs(Expectation.NONE);
  }

  @Test
  void aSchemaIsCompiledOnceForBothForms() {
    Expectation first = expectations.of(simple(NUMBER, null));

    assertThat(expectations.of(simple(NUMBER, "application/json"))).isSameAs(first);
    assertThat(
            expectations.of(raw("{'generationConfig':{'responseJsonSchema':{'type' : 'number'}}}")))
        .isSameAs(first);
    assertThat(expectations.of(raw("{'generationConfig':{'responseSchema':{'type':'number'}}}")))
        .as("written in another dialect")
        .isNotSameAs(first);
  }

  @Test
  void compiledSchemasAreBoundedAndTheLastUsedStay() {
    var schemas = new CompiledSchemas();
    Expectation used = schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, NUMBER);
    int many = CompiledSchemas.MAX_CHARACTERS / CompiledSchemas.OVERHEAD * 2;
    for (int i = 0; i < many; i++) {
      schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, "{\"maximum\":" + i + "}");
      assertThat(schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, NUMBER)).isSameAs(used);
    }
    assertThat(schemas.size()).isBetween(many / 4, many / 2);
  }

  @Test
  void aSchemaPastTheBoundIsNotKept() {
    var schemas = new CompiledSchemas();
    String long_ =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"v" + i + "xxxxx\"")
            .collect(Collectors.joining(",", "{\"enum\":[", "]}"));

    assertThat(schemas.get(CompiledSchemas.Dialect.JSON_SCHEMA, long_).misfit("\"v7xxxxx\""))
        .isEmpty();
    assertThat(schemas.size()).isZero();
  }

  private @Nullable ErrorReason misfit(PromptEvent event, String text) {
    return expectations.of(event).misfit(text).map(Expectation.Misfit::reason).orElse(null);
  }

  private static PromptEvent raw(String request) {
    return PromptEvent.newBuilder().setRequest(request.replace('\'', '"')).build();
  }

  private static PromptEvent simple(@Nullable String schema, @Nullable String mimeType) {
    return PromptEvent.newBuilder()
        .setPrompt("why?")
        .setResponseJsonSchema(schema)
        .setGeneration(
            mimeType == null
                ? null
                : GenerationSettings.newBuilder().setResponseMimeType(mimeType).build())
        .build();
  }
}
