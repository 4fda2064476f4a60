package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemasTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}},\"required\":[\"a\"]}",
        "{\"$defs\":{\"n\":{\"type\":\"integer\"}},\"$ref\":\"#/$defs/n\"}",
        "{\"anyOf\":[{\"type\":\"string\"},true]}",
        // Gemini's own keywords, and what others add.
        "{\"type\":\"object\",\"propertyOrdering\":[\"a\"],\"nullable\":true,\"x-note\":5}",
        "{\"maximum\":1e400,\"minLength\":2.0,\"multipleOf\":1e-400}",
      })
  void knowsSchemas(String schema) {
    assertThat(JsonSchemas.flaw(schema)).isEmpty();
    // And so it does when it remembers them.
    assertThat(JsonSchemas.flaw(schema)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"STRING\"} | /type, does not have a value in the enumeration [\"array\", \"boolean\",",
        "{\"type\":5} | /type, ",
        "{\"properties\":[]} | /properties, array found, object expected",
        "{\"properties\":{\"a b/c\":{\"minLength\":-1}}} | /properties/a?b~1c/minLength, must have a minimum",
        "{\"properties\":{\"größe\":5}} | /properties/größe, integer found, [object, boolean] expected",
        "{\"required\":\"a\"} | /required, string found, array expected",
        "{\"required\":[\"a\",\"a\"]} | /required, must have only unique items",
        "{\"items\":[{}]} | /items, array found",
        "{\"anyOf\":[]} | /anyOf, must have at least 1 items",
        "{\"minLength\":1.5} | /minLength, number found, integer expected",
        "{\"multipleOf\":0} | /multipleOf, must have an exclusive minimum",
        "{\"not\":{\"not\":{\"enum\":1}}} | /not/not/enum, integer found, array expected",
        "{\"$id\":\"a#b\"} | /$id, does not match the regex pattern",
      })
  void tellsWhereAnObjectIsNoSchemaAndByWhichRule(String schema, String flaw) {
    for (int time = 0; time < 2; time++) {
      assertThat(JsonSchemas.flaw(schema))
          .hasValueSatisfying(
              message -> assertThat(message).startsWith("is no JSON Schema: at " + flaw));
    }
  }

  @Test
  void theMessageIsShortAndOneLineWhateverThePropertyIsCalled() {
    String name = "\\n\\u2028secret ".repeat(100);
    assertThat(JsonSchemas.flaw("{\"properties\":{\"%s\":{\"type\":\"x\"}}}".formatted(name)))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .hasSizeLessThan(180)
                    .startsWith("is no JSON Schema: at /properties/\\n?secret?\\n?secret?")
                    .doesNotContain("\n", "\u2028"));
  }

  @Test
  void theMessageDoesNotDependOnTheMachinesLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(JsonSchemas.flaw("{\"properties\":7}"))
          .contains("is no JSON Schema: at /properties, integer found, object expected");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void whatASchemaRefersToIsNotFetched() {
    String elsewhere = "{\"$schema\":\"http://127.0.0.1:1/s\",\"$ref\":\"http://127.0.0.1:1/r\"}";
    assertThat(JsonSchemas.flaw(elsewhere)).isEmpty();
  }

  @Test
  void aHundredLevelsAreCheckedAndMoreAreNot() {
    assertThat(JsonSchemas.flaw(nested(99, "true"))).isEmpty();
    assertThat(JsonSchemas.flaw(nested(99, "[]"))).isPresent();
    assertThat(JsonSchemas.flaw(nested(101, "true")))
        .hasValueSatisfying(message -> assertThat(message).contains("nested more than 100 deep"));
  }

  @Test
  void numbersOfManyDigitsCostNothing() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThat(
                    JsonSchemas.flaw(
                        "{\"minLength\":1e999999999,\"multipleOf\":1e-999999999,\"const\":1e999999999}"))
                .isEmpty());
  }

  @Test
  void moreGoodSchemasThanItRemembersAreStillTold() {
    for (int i = 0; i <= JsonSchemas.REMEMBERED; i++) {
      assertThat(JsonSchemas.flaw("{\"minLength\":" + i + "}")).isEmpty();
    }
    assertThat(JsonSchemas.flaw("{\"minLength\":0}")).isEmpty();
    assertThat(JsonSchemas.flaw("{\"minLength\":-1}")).isPresent();
    assertThat(JsonSchemas.remembered()).isBetween(1, JsonSchemas.REMEMBERED);
  }

  @Test
  void longSchemasAreNotRemembered() {
    JsonSchemas.flaw("{}");
    int before = JsonSchemas.remembered();
    String text = "x".repeat(JsonSchemas.REMEMBERED_LENGTH);
    assertThat(JsonSchemas.flaw("{\"description\":\"%s\"}".formatted(text))).isEmpty();
    assertThat(JsonSchemas.remembered()).isEqualTo(before);
  }

  private static String nested(int depth, String inner) {
    return "{\"not\":".repeat(depth) + inner + "}".repeat(depth);
  }
}
