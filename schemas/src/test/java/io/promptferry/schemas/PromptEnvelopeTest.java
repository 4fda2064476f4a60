package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.PromptEvent;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptEnvelopeTest {

  private static final PromptEvent EVENT =
      PromptEvent.newBuilder()
          .setId("größe \"7\"")
          .setModel("gemini-2.5-pro")
          .setReplyTo("eu.x")
          .setAttributes(Map.of("tenant", "acme"))
          .setPrompt("a long one")
          .build();

  private static final String ADDRESS =
      """
      {"id":"größe \\"7\\"","model":"gemini-2.5-pro","replyTo":"eu.x"}""";

  @Test
  void holdsWhatAnAnswerNeedsAndNoContent() {
    assertThat(written(EVENT, 1_000))
        .hasValue(ADDRESS.replace("}", ",\"attributes\":{\"tenant\":\"acme\"}}"));
    assertThat(read(PromptEnvelope.write(EVENT, 1_000).orElseThrow()))
        .hasValue(PromptEvent.newBuilder(EVENT).setPrompt(null).build());
  }

  @Test
  void whatIsUnsetStaysSo() {
    var bare = PromptEvent.newBuilder().build();
    assertThat(written(bare, 1_000)).hasValue("{}");
    assertThat(read("{}".getBytes(UTF_8))).hasValue(bare);
  }

  @Test
  void whatDoesNotFitIsLeftOut() {
    int whole = PromptEnvelope.write(EVENT, 1_000).orElseThrow().length;
    assertThat(PromptEnvelope.write(EVENT, whole))
        .get()
        .satisfies(b -> assertThat(b).hasSize(whole));
    assertThat(written(EVENT, whole - 1)).hasValue(ADDRESS);
    int address = ADDRESS.getBytes(UTF_8).length;
    assertThat(written(EVENT, address)).hasValue(ADDRESS);
    assertThat(written(EVENT, address - 1)).isEmpty();
    assertThat(written(EVENT, -1)).isEmpty();
  }

  @Test
  void longNamesAndTextsComeBack() {
    var event =
        PromptEvent.newBuilder()
            .setAttributes(Map.of("n".repeat(90_000), "x", "y", "z".repeat(21_000_000)))
            .build();
    assertThat(read(PromptEnvelope.write(event, Long.MAX_VALUE).orElseThrow())).hasValue(event);
  }

  @Test
  void whatIsNoneIsNotRead() {
    for (String text : new String[] {"", "{", "[]", "7", "\u0000"}) {
      assertThat(read(text.getBytes(UTF_8))).as(text).isEmpty();
    }
    assertThat(read("{\"model\":1,\"replyTo\":null,\"attributes\":[2]}".getBytes(UTF_8)))
        .hasValue(PromptEvent.newBuilder().build());
  }

  private static Optional<String> written(PromptEvent event, long maxBytes) {
    return PromptEnvelope.write(event, maxBytes).map(bytes -> new String(bytes, UTF_8));
  }

  private static Optional<PromptEvent> read(byte[] bytes) {
    return PromptEnvelope.read(bytes);
  }
}
