package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.PromptEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PromptBuilderTest {

  private static final Instant DEADLINE = Instant.parse("2030-01-01T00:00:00Z");

  @Test
  void theTypedFormHasAllThatIsSaid() {
    Prompt prompt =
        Prompt.text("look")
            .system("be brief")
            .addText("and")
            .addData(new byte[] {1, 2}, "image/png")
            .addFile("gs://b/f", "image/jpeg")
            .schema("{}")
            .generation(g -> g.setTemperature(0.5))
            .generation(g -> g.setTopK(3))
            .key("k")
            .id("i")
            .model("m")
            .attribute("a", "b")
            .deadline(DEADLINE)
            .replyTo("r")
            .header("h", "v")
            .traceparent("00-1")
            .tracestate("s=1")
            .build();

    PromptEvent event = prompt.event();
    assertThat(prompt.key().orElseThrow()).isEqualTo("k".getBytes(UTF_8));
    assertThat(event.getPrompt()).isEqualTo("look");
    assertThat(event.getSystem()).isEqualTo("be brief");
    assertThat(event.getParts()).hasSize(3);
    assertThat(event.getParts().get(0).getText()).isEqualTo("and");
    assertThat(event.getParts().get(1).getData().remaining()).isEqualTo(2);
    assertThat(event.getParts().get(2).getFileUri()).isEqualTo("gs://b/f");
    assertThat(event.getResponseJsonSchema()).isEqualTo("{}");
    assertThat(event.getGeneration().getTemperature()).isEqualTo(0.5);
    assertThat(event.getGeneration().getTopK()).isEqualTo(3);
    assertThat(event.getRequest()).isNull();
    assertThat(event.getId()).isEqualTo("i");
    assertThat(event.getModel()).isEqualTo("m");
    assertThat(event.getAttributes()).containsEntry("a", "b");
    assertThat(event.getDeadline()).isEqualTo(DEADLINE);
    assertThat(event.getReplyTo()).isEqualTo("r");
    assertThat(prompt.headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactly("h=v", "traceparent=00-1", "tracestate=s=1");
  }

  @Test
  void theRawFormStandsAlone() {
    PromptEvent event = Prompt.request("{}").build().event();

    assertThat(event.getRequest()).isEqualTo("{}");
    assertThat(event.getPrompt()).isNull();
    assertThat(event.getGeneration()).isNull();
  }

  @Test
  void withoutATraceThereIsNoHeader() {
    Prompt prompt = Prompt.text("p").traceparent(null).tracestate(null).build();

    assertThat(prompt.headers()).isEmpty();
    assertThat(prompt.key()).isEmpty();
  }

  @Test
  void whatWasBuiltDoesNotChangeWithItsBuilder() {
    byte[] data = {1};
    TypedPrompt builder = Prompt.parts().addData(data, "image/png").attribute("a", "1");
    Prompt first = builder.build();
    data[0] = 9;
    Prompt second = builder.addText("more").attribute("b", "2").id("2").build();

    assertThat(first.event().getParts()).hasSize(1);
    assertThat(first.event().getParts().get(0).getData().get(0)).isEqualTo((byte) 1);
    assertThat(first.event().getAttributes()).containsOnlyKeys("a");
    assertThat(first.event().getId()).isEmpty();
    assertThat(second.event().getParts()).hasSize(2);
    assertThat(second.event().getAttributes()).containsOnlyKeys("a", "b");
  }
}
