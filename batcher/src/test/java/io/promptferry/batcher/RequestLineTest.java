package io.promptferry.batcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines as the API wants them, byte for byte. */
class RequestLineTest {

  private static final String CONTENTS =
      "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]";

  private static PromptEvent.Builder hello() {
    return PromptEvent.newBuilder().setPrompt("Hello");
  }

  private static GenerationSettings.Builder settings() {
    return GenerationSettings.newBuilder();
  }

  private static String line(PromptEvent event) {
    return new String(RequestLine.render("3-17", event), UTF_8);
  }

  private static String expected(String restOfRequest) {
    return "{\"key\":\"3-17\",\"request\":{" + CONTENTS + restOfRequest + "}}\n";
  }

  @Test
  void aTextIsOneUserTurnUnderItsKey() {
    assertThat(line(hello().build())).isEqualTo(expected(""));
  }

  @Test
  void theSystemInstructionStandsBesideGenerationConfigAndNotInside() {
    PromptEvent event =
        hello()
            .setSystem("Be brief.")
            .setGeneration(settings().setTemperature(0.0).build())
            .build();
    assertThat(line(event))
        .isEqualTo(
            expected(
                ",\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"}]}"
                    + ",\"generationConfig\":{\"temperature\":0.0}"));
  }

  @Test
  void allGenerationSettings() {
    PromptEvent event =
        hello()
            .setGeneration(
                settings()
                    .setTemperature(0.25)
                    .setTopP(0.9)
                    .setTopK(40)
                    .setMaxOutputTokens(512)
                    .setSeed(-7)
                    .setPresencePenalty(0.5)
                    .setFrequencyPenalty(-0.5)
                    .setStopSequences(List.of("END", "\n\n"))
                    .setResponseMimeType("text/x.enum")
                    .setThinkingBudget(-1)
                    .build())
            .build();
    assertThat(line(event))
        .isEqualTo(
            expected(
                ",\"generationConfig\":{\"temperature\":0.25,\"topP\":0.9,\"topK\":40,"
                    + "\"maxOutputTokens\":512,\"seed\":-7,\"presencePenalty\":0.5,"
                    + "\"frequencyPenalty\":-0.5,\"stopSequences\":[\"END\",\"\\n\\n\"],"
                    + "\"responseMimeType\":\"text/x.enum\","
                    + "\"thinkingConfig\":{\"thinkingBudget\":-1}}"));
  }

  @Test
  void settingsThatAreAllUnsetLeaveNoGenerationConfig() {
    assertThat(line(hello().setGeneration(settings().build()).build())).isEqualTo(expected(""));
  }

  @Test
  void aSchemaBringsItsMimeType() {
    PromptEvent event =
        hello()
            .setResponseJsonSchema("{ \"type\": \"object\", \"required\": [\"a\"] }")
            .setGeneration(settings().setTopK(1).build())
            .build();
    assertThat(line(event))
        .isEqualTo(
            expected(
                ",\"generationConfig\":{\"topK\":1,\"responseMimeType\":\"application/json\","
                    + "\"responseJsonSchema\":{\"type\":\"object\",\"required\":[\"a\"]}}"));
  }

  @Test
  void aSchemaThatIsNoJsonIsRefused() {
    PromptEvent event = hello().setResponseJsonSchema("{").build();
    assertThatThrownBy(() -> RequestLine.render("k", event))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbersOfASchemaStayAsTheyAre() {
    PromptEvent event =
        hello().setResponseJsonSchema("{\"maximum\":1e400,\"minimum\":0.10}").build();
    assertThat(new String(RequestLine.render("k", event), UTF_8))
        .contains("\"maximum\":1E+400,\"minimum\":0.1");
  }

  @Test
  void textBeyondAsciiIsUtf8AndOneLine() {
    PromptEvent event = PromptEvent.newBuilder().setPrompt("Grüße,\n\"世界\" 🚢\t\\").build();
    byte[] line = RequestLine.render("3-17", event);
    // Jackson writes what lies beyond 16 bits as a pair of escapes, which JSON allows.
    String escaped = "Grüße,\\n\\\"世界\\\" \\uD83D\\uDEA2\\t\\\\";
    assertThat(new String(line, UTF_8)).isEqualTo(expected("").replace("Hello", escaped));
    assertThat(line).containsOnlyOnce((byte) '\n').endsWith('\n');
  }
}
