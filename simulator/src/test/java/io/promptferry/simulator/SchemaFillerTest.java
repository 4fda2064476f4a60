package io.promptferry.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaFillerTest {
  private static final AnswerText SAYS = AnswerText.of("the prompt");

  private static JsonNode fill(String schema) {
    return new SchemaFiller(WireClient.parsed(schema), SAYS).fill();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"const\":{\"a\":1}} | {\"a\":1}",
        "{\"enum\":[\"x\",\"y\"]} | \"x\"",
        "{\"type\":\"INTEGER\"} | 0",
        "{\"type\":\"integer\",\"minimum\":3} | 3",
        "{\"type\":\"integer\",\"exclusiveMinimum\":3} | 4",
        "{\"type\":\"integer\",\"minimum\":3,\"exclusiveMinimum\":true} | 4",
        "{\"type\":\"integer\",\"minimum\":3,\"multipleOf\":5} | 5",
        "{\"type\":\"integer\",\"maximum\":-2} | -2",
        "{\"type\":\"number\",\"minimum\":0.25,\"maximum\":0.75} | 0.50",
        "{\"type\":\"boolean\"} | true",
        "{\"type\":[\"null\",\"boolean\"]} | true",
        "{\"type\":\"null\"} | null",
        "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":3} | [0,0,0]",
        "{\"type\":\"ARRAY\",\"items\":{\"type\":\"INTEGER\"},\"minItems\":\"2\"} | [0,0]",
        "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"maxItems\":0} | []",
        "{\"type\":\"array\",\"items\":{\"enum\":[1,2,3]},\"minItems\":3,\"uniqueItems\":true} | [1,2,3]",
        "{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"const\":2}],\"items\":false} | [1,2]",
        "{\"type\":\"string\",\"format\":\"date\"} | \"2026-01-01\"",
        "{\"type\":\"string\",\"maxLength\":5} | \"the\"",
        "{\"type\":\"string\",\"maxLength\":5,\"minLength\":5} | \"the..\"",
        "{\"anyOf\":[{\"type\":\"null\"},{\"const\":7}]} | 7",
        "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"const\":8}}} | 8",
        "{\"allOf\":[{\"properties\":{\"a\":{\"const\":1}}},{\"properties\":{\"b\":{\"const\":2}},\"required\":[\"b\"]}]} | {\"b\":2,\"a\":1}",
      })
  void fits(String schema, String expected) {
    assertThat(WireClient.parsed(fill(schema).toString())).isEqualTo(WireClient.parsed(expected));
  }

  @Test
  void theFirstFreeStringCarriesTheAnswer() {
    JsonNode value =
        fill(
            """
            {"type":"object","required":["when","kind","inner"],
             "properties":{"when":{"type":"string","format":"date-time"},
              "kind":{"type":"string","enum":["k"]},
              "code":{"type":"string","maxLength":10},
              "inner":{"type":"object","properties":{"text":{"type":"string"}}},
              "later":{"type":"string"}}}
            """);
    assertThat(value.at("/inner/text").asText()).isEqualTo(SAYS.full());
    assertThat(value.path("kind").asText()).isEqualTo("k");
    assertThat(value.path("code").asText()).isEqualTo("the prompt");
    assertThat(value.path("later").asText()).isEqualTo("the prompt");
  }

  @Test
  void aBoundThatLeavesRoomForTheDigestShortensTheExtract() {
    assertThat(fill("{\"type\":\"string\",\"maxLength\":78}").asText())
        .isEqualTo("the [sha256:" + PromptDigest.of("the prompt") + "]");
  }

  @Test
  void keepsTheOrderTheSchemaAsksFor() {
    JsonNode value =
        fill(
            """
            {"type":"OBJECT","propertyOrdering":["b","a"],
             "properties":{"a":{"type":"INTEGER"},"b":{"type":"INTEGER"}}}
            """);
    assertThat(value.toString()).isEqualTo("{\"b\":0,\"a\":0}");
  }

  @Test
  void aRecursiveSchemaEnds() {
    JsonNode value =
        fill(
            """
            {"type":"object","required":["name"],"properties":{"name":{"type":"string"},
             "children":{"type":"array","items":{"$ref":"#"}}}}
            """);
    assertThat(value.path("name").asText()).contains(SAYS.digest());
    assertThat(value.toString()).endsWith("}").hasSizeLessThan(1_000);
  }
}
