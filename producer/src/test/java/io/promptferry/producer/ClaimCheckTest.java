package io.promptferry.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimCheckTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final List<String> stored = new ArrayList<>();
  private Instant expiry = NOW.plus(Duration.ofDays(2));

  private final PartStore store =
      (bytes, mimeType, until) -> {
        stored.add(bytes.length + " " + mimeType + " until " + until);
        return new PartStore.Stored("https://files/" + stored.size(), Optional.of(expiry));
      };

  @Test
  void whatFitsTravelsWithThePrompt() throws IOException {
    PromptEvent event = sent(data(60, "image/a").addData(new byte[40], "image/b").build());

    assertThat(stored).isEmpty();
    assertThat(event.getParts()).allSatisfy(part -> assertThat(part.getData()).isNotNull());
  }

  @Test
  void theLargestPartsAreStoredUntilTheRestFits() throws IOException {
    PromptEvent event =
        sent(
            data(30, "image/a")
                .addData(new byte[300], "image/b")
                .addText("between")
                .addData(new byte[71], "image/c")
                .build());

    assertThat(stored)
        .containsExactly(
            "300 image/b until 2030-01-02T00:00:00Z", "71 image/c until 2030-01-02T00:00:00Z");
    assertThat(event.getParts())
        .extracting(Part::getFileUri)
        .containsExactly(null, "https://files/1", null, "https://files/2");
    assertThat(event.getParts())
        .extracting(Part::getMimeType)
        .containsExactly("image/a", "image/b", null, "image/c");
    assertThat(event.getParts().get(0).getData().remaining()).isEqualTo(30);
    assertThat(event.getParts().get(1).getData()).isNull();
  }

  @Test
  void aLaterDeadlineKeepsAPartLonger() throws IOException {
    var unused = sent(data(101, "image/a").deadline(NOW.plus(Duration.ofHours(30))).build());

    assertThat(stored).containsExactly("101 image/a until 2030-01-02T06:00:00Z");
  }

  @Test
  void aPartThatWouldVanishTooEarlyStopsThePrompt() {
    expiry = NOW.plus(DAY).minusMillis(1);

    assertThatThrownBy(() -> sent(data(101, "image/a").build()))
        .isInstanceOf(PartStoreException.class)
        .hasMessageContaining("promptferry.part.wait.ms")
        .hasMessageContaining("2030-01-02T00:00:00Z");
  }

  @Test
  void aBadPromptStoresNothing() {
    assertThatThrownBy(() -> sent(data(101, "no type").build()))
        .isInstanceOf(PromptRejectedException.class);
    assertThat(stored).isEmpty();
  }

  @Test
  void aStoreThatGivesNoGoodUriIsFoundOut() {
    PartStore bad = (bytes, mimeType, until) -> new PartStore.Stored("/tmp/x", Optional.empty());
    PromptRecords records = records(bad);

    assertThatThrownBy(() -> records.record(data(101, "image/a").build()))
        .isInstanceOf(PromptRejectedException.class)
        .hasMessageContaining("fileUri");
  }

  private PromptEvent sent(Prompt prompt) throws IOException {
    return PromptEvent.fromByteBuffer(ByteBuffer.wrap(records(store).record(prompt).value()));
  }

  private static PromptRecords records(PartStore store) {
    return PromptProducerTest.builder()
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .partStore(store)
        .setting("promptferry.inline.max.bytes", 100)
        .setting("promptferry.part.wait.ms", DAY.toMillis())
        .records(PromptProducerTest.plain());
  }

  private static TypedPrompt data(int bytes, String mimeType) {
    return Prompt.parts().addData(new byte[bytes], mimeType);
  }
}
