package io.promptferry.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
        .isInstanceOfSatisfying(
            RequestLine.UnrenderableException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.BAD_SCHEMA));
  }

  @Test
  void numbersOfASchemaStayAsTheyAre() {
    PromptEvent event =
        hello().setResponseJsonSchema("{\"maximum\":1e400,\"minimum\":0.10}").build();
    assertThat(new String(RequestLine.render("k", event), UTF_8))
        .contains("\"maximum\":1E+400,\"minimum\":0.1");
  }

  private static Part part(
      @Nullable String text, @Nullable String uri, @Nullable String data, @Nullable String type) {
    return new Part(text, uri, data == null ? null : ByteBuffer.wrap(data.getBytes(UTF_8)), type);
  }

  private static final String FILES = "https://generativelanguage.googleapis.com/v1beta/files/a";

  @Test
  void partsFollowThePromptInOrder() {
    PromptEvent event =
        hello()
            .setParts(
                List.of(
                    part(null, FILES, null, "image/png"),
                    part("and", null, null, null),
                    part(null, "gs://bucket/a b.mp4", null, "video/mp4"),
                    part(null, null, "\0\n??>>", "audio/wav")))
            .build();
    assertThat(line(event))
        .isEqualTo(
            "{\"key\":\"3-17\",\"request\":{\"contents\":[{\"role\":\"user\",\"parts\":["
                + "{\"text\":\"Hello\"},"
                + "{\"fileData\":{\"mimeType\":\"image/png\",\"fileUri\":\""
                + FILES
                + "\"}},{\"text\":\"and\"},"
                + "{\"fileData\":{\"mimeType\":\"video/mp4\",\"fileUri\":\"gs://bucket/a b.mp4\"}},"
                + "{\"inlineData\":{\"mimeType\":\"audio/wav\",\"data\":\"AAo/Pz4+\"}}]}]}}\n");
  }

  @Test
  void withoutAPromptThePartsStandAlone() {
    for (String none : new String[] {null, "", " \n"}) {
      PromptEvent event =
          PromptEvent.newBuilder()
              .setPrompt(none)
              .setParts(List.of(part("Hello", null, null, null)))
              .build();
      assertThat(line(event)).isEqualTo(expected(""));
    }
  }

  @Test
  void dataIsReadFromItsPositionAndCanBeReadAgain() {
    ByteBuffer data = ByteBuffer.wrap("xxHello".getBytes(UTF_8)).position(2).slice();
    PromptEvent event =
        PromptEvent.newBuilder().setParts(List.of(new Part(null, null, data, "a/b"))).build();
    assertThat(line(event)).contains("\"data\":\"SGVsbG8=\"");
    assertThat(line(event)).contains("\"data\":\"SGVsbG8=\"");
  }

  private static PromptEvent raw(String request) {
    return PromptEvent.newBuilder().setRequest(request).build();
  }

  @Test
  void aRequestPassesThroughWithItsNumbersAsTheyAre() {
    String numbers = "[1e400,0.10,-0.0,1E5,12345678901234567890123,100]";
    assertThat(
            line(
                raw("{ " + CONTENTS + ",\n\t\"any\": " + numbers + ", \"a\": null,\"b\":true }\n")))
        .isEqualTo(expected(",\"any\":" + numbers + ",\"a\":null,\"b\":true"));
  }

  @Test
  void theModelIsNoPartOfALinesRequest() {
    assertThat(
            line(raw("{\"model\":\"models/m\"," + CONTENTS + ",\"tools\":[{\"model\":\"kept\"}]}")))
        .isEqualTo(expected(",\"tools\":[{\"model\":\"kept\"}]"));
  }

  @Test
  void aRequestThatIsNoObjectIsRefused() {
    for (String bad : List.of("", "[]", "{", "{\"a\":[1}", "null", "{\"a\":tru}")) {
      assertThatThrownBy(() -> RequestLine.render("k", raw(bad)))
          .isInstanceOfSatisfying(
              RequestLine.UnrenderableException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.BAD_REQUEST));
    }
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
