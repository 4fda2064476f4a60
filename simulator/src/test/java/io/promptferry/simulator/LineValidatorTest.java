package io.promptferry.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineValidatorTest {
  private final LineValidator validator = new LineValidator();

  private String check(String line) throws IOException, InvalidFile {
    return validator.check(7, line.getBytes(UTF_8));
  }

  private static String request(String rest) {
    return "{\"key\":\"k\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]"
        + rest
        + "}}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"model\":\"models/m\",\"cachedContent\":\"cachedContents/c\",\"cached_content\":null",
        ",\"systemInstruction\":{\"role\":\"user\",\"parts\":[{\"text\":\"be brief\"}]}",
        ",\"system_instruction\":{\"parts\":[{\"inline_data\":{\"mime_type\":\"a/b\",\"data\":\"QQ==\"}}]}",
        ",\"generationConfig\":{\"temperature\":0.2,\"topP\":1,\"top_k\":4,\"maxOutputTokens\":10}",
        ",\"generationConfig\":{\"thinkingConfig\":{\"thinkingBudget\":0,\"includeThoughts\":true}}",
        ",\"generationConfig\":{\"thinking_config\":{\"thinking_level\":\"LOW\"}}",
        ",\"generationConfig\":{\"responseMimeType\":\"application/json\",\"responseJsonSchema\":{\"any\":[{\"thing\":1}]}}",
        ",\"generation_config\":{\"response_mime_type\":\"application/json\",\"response_json_schema\":{}}",
        ",\"generationConfig\":{\"responseMimeType\":\"application/json\",\"responseSchema\":{\"type\":\"OBJECT\",\"properties\":{\"any name\":{\"type\":\"STRING\",\"max_length\":\"5\"}}}}",
        ",\"tools\":[{\"googleSearch\":{}},{\"functionDeclarations\":[{\"name\":\"f\",\"parametersJsonSchema\":{\"x\":{}}}]}]",
        ",\"safetySettings\":[{\"category\":\"HARM_CATEGORY_HARASSMENT\",\"threshold\":\"BLOCK_NONE\"}]",
        ",\"serviceTier\":\"flex\"",
      })
  void takesWhatTheServiceTakes(String rest) throws Exception {
    assertThat(check(request(rest))).isEqualTo("k");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        ",\"thinking_config\":{} | no such field: 'thinking_config'",
        ",\"generationConfig\":{\"systemInstruction\":{}} | no such field: 'systemInstruction'",
        ",\"generationConfig\":{\"responseSchema\":{\"properties\":{\"a\":{\"additionalProperties\":true}}}} | no such field: 'additionalProperties'",
        ",\"generationConfig\":{\"temperature\":{}} | invalid value for field 'temperature' of type float",
        ",\"generationConfig\":{\"topK\":\"many\"} | invalid value for field 'topK' of type int32",
        ",\"generationConfig\":[] | field 'generationConfig' must be an object",
        ",\"tools\":{} | field 'tools' must be a list",
        ",\"cachedContent\":7 | invalid value for field 'cachedContent' of type string",
      })
  void refusesWhatTheServiceRefuses(String rest, String reason) {
    String line = request(rest);
    assertThatThrownBy(() -> check(line))
        .isInstanceOf(InvalidFile.class)
        .hasMessageMatching("Error on line 7: invalid JSON, near column \\d+: .*")
        .hasMessageEndingWith(reason);
  }

  @Test
  void namesTheColumn() {
    assertThatThrownBy(() -> check("{\"key\":\"k\",\"request\":{\"odd\":1}}"))
        .hasMessage("Error on line 7: invalid JSON, near column 23: no such field: 'odd'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"key\":\"k\"}",
        "{\"key\":7,\"request\":{}}",
        "{\"request\":{}}",
        "{\"key\":\"k\",\"request\":{}} {}",
        "{\"key\":\"k\",\"request\":{},\"metadata\":{}}",
        "{\"key\":\"k\",\"request\":{\"contents\":[{]}}"
      })
  void refusesWhatIsNoRequestLine(String line) {
    assertThatThrownBy(() -> check(line))
        .isInstanceOf(InvalidFile.class)
        .hasMessageStartingWith("Error on line 7: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesTwoSchemas() {
    String two =
        ",\"generationConfig\":{\"responseMimeType\":\"application/json\","
            + "\"responseSchema\":{\"type\":\"STRING\"},\"responseJsonSchema\":{}}";
    assertThatThrownBy(() -> check(request(two))).hasMessageContaining("exclude each other");
  }
}
