package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordSerdesTest {

  private static final PromptEvent EVENT =
      PromptEvent.newBuilder()
          .setId("mine")
          .setModel("gemini-2.5-pro")
          .setPrompt("why — ☃?")
          .setGeneration(
              GenerationSettings.newBuilder()
                  .setTemperature(0.5)
                  .setStopSequences(List.of("x", "y"))
                  .build())
          .setDeadline(Instant.ofEpochMilli(1_700_000_000_123L))
          .setAttributes(Map.of("a", "b"))
          .build();

  private final FakeRegistry registry = new FakeRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void recordsComeBackAsTheyWere() {
    registry.addAll();
    byte[] bytes = registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT);
    assertThat(registry.serdes().deserializer(PromptEvent.class).deserialize("prompts", bytes))
        .isEqualTo(EVENT);
    assertThat(registry.serdes().serde(PromptEvent.class).deserializer().deserialize("x", bytes))
        .isEqualTo(EVENT);
  }

  @Test
  void bytesAreInConfluentsFormat() {
    registry.addAll();
    int id = registry.id(PromptEvent.class.getName());
    byte[] bytes = registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT);
    assertThat(bytes[0]).isZero();
    assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(id);
  }

  @Test
  void aSchemaThatIsNotRegisteredIsRefusedAndNotRegistered() {
    var serializer = registry.serdes().serializer(PromptEvent.class);
    assertThatThrownBy(() -> serializer.serialize("prompts", EVENT))
        .isInstanceOf(SerializationException.class);
    assertThat(registry.latest()).isEmpty();
  }

  @Test
  void aRecordOfAnotherTypeIsRefused() {
    registry.addAll();
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId("mine")
            .setStatus(Status.SUCCEEDED)
            .setPromptedAt(Instant.EPOCH)
            .build();
    byte[] bytes = registry.serdes().serializer(PromptResponse.class).serialize("t", response);
    assertThatThrownBy(
            () -> registry.serdes().deserializer(PromptEvent.class).deserialize("t", bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("expected a io.promptferry.records.PromptEvent");
  }

  @Test
  void bytesThatEndEarlyAreASerializationException() {
    registry.addAll();
    byte[] bytes = registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT);
    var deserializer = registry.serdes().deserializer(PromptEvent.class);
    for (int length = 1; length < bytes.length; length++) {
      byte[] torn = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> deserializer.deserialize("prompts", torn))
          .as("%d bytes", length)
          .isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void noBytesAreNoRecord() {
    assertThat(registry.serdes().deserializer(PromptEvent.class).deserialize("t", null)).isNull();
    assertThat(registry.serdes().serializer(PromptEvent.class).serialize("t", null)).isNull();
  }

  @Test
  void aRegistryThatIsAwayIsTheCause() {
    registry.addAll();
    byte[] bytes = registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT);
    registry.goAwayAfter(0);
    assertThatThrownBy(
            () -> registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT))
        .isInstanceOf(KafkaException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> registry.serdes().deserializer(PromptEvent.class).deserialize("prompts", bytes))
        .isInstanceOf(KafkaException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void theUrlIsRequired() {
    assertThatThrownBy(() -> new RecordSerdes(Map.of()))
        .hasMessage("schema.registry.url is not set");
  }
}
