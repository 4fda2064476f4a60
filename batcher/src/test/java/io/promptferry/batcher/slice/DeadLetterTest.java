package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.Prompts;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private static final Intake.Rejected REJECTED =
      new Intake.Rejected(
          ErrorReason.BAD_SCHEMA,
          "größer als erlaubt",
          PromptEvent.newBuilder()
              .setId("i-1")
              .setModel("m")
              .setReplyTo("eu.x")
              .setAttributes(Map.of("tenant", "acme"))
              .build());

  private static final String ENVELOPE =
      """
      {"id":"i-1","model":"m","replyTo":"eu.x","attributes":{"tenant":"acme"}}""";

  @Test
  void carriesThePromptAsItCameAndBehindItsHeadersReasonAndCoordinates() {
    var prompt = Prompts.record(3, 42, new byte[] {1}, new byte[] {2, 3});
    prompt.headers().add("traceparent", "00-abc".getBytes(UTF_8));
    DeadLetter letter = DeadLetter.of(prompt, REJECTED, "prompts.dlq", 1_000);
    ProducerRecord<byte[], byte[]> record = letter.record();

    assertThat(letter.partition()).isEqualTo(new TopicPartition("prompts", 3));
    assertThat(record.topic()).isEqualTo("prompts.dlq");
    assertThat(record.partition()).isNull();
    assertThat(record.timestamp()).isNull();
    assertThat(record.key()).containsExactly(1);
    assertThat(record.value()).containsExactly(2, 3);
    List<String> headers = new ArrayList<>();
    record.headers().forEach(h -> headers.add(h.key() + "=" + new String(h.value(), UTF_8)));
    assertThat(headers)
        .containsExactly(
            "traceparent=00-abc",
            "promptferry-reason=BAD_SCHEMA",
            "promptferry-timestamp=" + prompt.timestamp(),
            "__streams.errors.message=größer als erlaubt",
            "__streams.errors.topic=prompts",
            "__streams.errors.partition=3",
            "__streams.errors.offset=42");
    assertThat(prompt.headers().toArray()).as("the consumed record's own").hasSize(1);
  }

  private static List<String> headers(DeadLetter letter) {
    List<String> headers = new ArrayList<>();
    letter
        .record()
        .headers()
        .forEach(h -> headers.add(h.key() + "=" + new String(h.value(), UTF_8)));
    return headers;
  }

  @Test
  void headersOfOursThatASenderMadeUpAreRemoved() {
    var prompt = Prompts.record(0, 1, new byte[0], new byte[0]);
    for (String ours :
        List.of(
            "promptferry-reason",
            "promptferry-timestamp",
            "promptferry-schema-id",
            "promptferry-value-bytes",
            "promptferry-envelope",
            "promptferry-header-bytes",
            "promptferry-key-bytes",
            "__streams.errors.message",
            "__streams.errors.topic",
            "__streams.errors.partition",
            "__streams.errors.offset")) {
      prompt.headers().add(ours, "forged".getBytes(UTF_8)).add(ours, "again".getBytes(UTF_8));
    }
    prompt.headers().add("promptferry-replays", "1".getBytes(UTF_8));
    assertThat(headers(DeadLetter.of(prompt, REJECTED, "dlq", 1_000)))
        .doesNotHaveDuplicates()
        .noneMatch(header -> header.endsWith("=forged") || header.endsWith("=again"))
        .contains("promptferry-replays=1", "promptferry-reason=BAD_SCHEMA")
        .hasSize(7);
  }

  @Test
  void namesTheSchemaOfAValueInConfluentsFormat() {
    byte[] value = {0, 0, 0, 1, 2, 9};
    assertThat(
            headers(
                DeadLetter.of(Prompts.record(0, 1, new byte[0], value), REJECTED, "dlq", 1_000)))
        .contains("promptferry-schema-id=258")
        .noneMatch(header -> header.startsWith("promptferry-value-bytes"));
    for (byte[] other : new byte[][] {{0, 0, 0, 1}, {1, 0, 0, 1, 2, 9}, {}}) {
      assertThat(
              headers(
                  DeadLetter.of(Prompts.record(0, 1, new byte[0], other), REJECTED, "dlq", 1_000)))
          .noneMatch(header -> header.startsWith("promptferry-schema-id"));
    }
  }

  @Test
  void aValuePastTheBoundIsLeftOutAndItsSizeTold() {
    var prompt = Prompts.record(0, 1, new byte[100], new byte[901]);
    DeadLetter letter = DeadLetter.of(prompt, REJECTED, "dlq", 1_000);
    assertThat(letter.record().value()).isNull();
    assertThat(letter.record().key()).hasSize(100);
    assertThat(headers(letter)).contains("promptferry-value-bytes=901", "promptferry-schema-id=0");
    assertThat(letter.bytes()).isEqualTo(2_100 + ENVELOPE.length());

    var fits = Prompts.record(0, 1, new byte[100], new byte[900]);
    assertThat(DeadLetter.of(fits, REJECTED, "dlq", 1_000).record().value()).hasSize(900);
  }

  @Test
  void whatTheAnswerNeedsOfAValueThatIsLeftOutComesAlongAsFarAsItFits() {
    assertThat(envelope(500, REJECTED)).hasValue(ENVELOPE);
    assertThat(envelope(1_000 - ENVELOPE.length(), REJECTED)).hasValue(ENVELOPE);
    assertThat(envelope(1_001 - ENVELOPE.length(), REJECTED))
        .hasValue("{\"id\":\"i-1\",\"model\":\"m\",\"replyTo\":\"eu.x\"}");
    assertThat(envelope(1_000, REJECTED)).isEmpty();
    assertThat(envelope(500, new Intake.Rejected(ErrorReason.UNDECODABLE, "no event", null)))
        .isEmpty();
  }

  private static Optional<String> envelope(int keyBytes, Intake.Rejected rejected) {
    var prompt = Prompts.record(0, 1, new byte[keyBytes], new byte[1_000]);
    DeadLetter letter = DeadLetter.of(prompt, rejected, "dlq", 1_000);
    return Optional.ofNullable(letter.record().headers().lastHeader("promptferry-envelope"))
        .map(header -> new String(header.value(), UTF_8));
  }

  @Test
  void headersPastTheBoundAreLeftOutToo() {
    var prompt = Prompts.record(0, 1, new byte[10], new byte[10]);
    prompt.headers().add("big", new byte[1_000]);
    DeadLetter letter = DeadLetter.of(prompt, REJECTED, "dlq", 1_000);
    assertThat(letter.record().headers().lastHeader("big")).isNull();
    assertThat(letter.record().value()).hasSize(10);
    assertThat(headers(letter))
        .anyMatch(header -> header.contains("its headers (1015 bytes)"))
        .contains("promptferry-header-bytes=1015")
        .noneMatch(header -> header.startsWith("promptferry-key-bytes"));
  }

  @Test
  void aKeyPastTheBoundIsLeftOutToo() {
    var prompt = Prompts.record(0, 1, new byte[1_001], new byte[10]);
    DeadLetter letter = DeadLetter.of(prompt, REJECTED, "dlq", 1_000);
    assertThat(letter.record().key()).isNull();
    assertThat(letter.record().value()).hasSize(10);
    assertThat(headers(letter))
        .anyMatch(header -> header.contains("its key (1001 bytes)"))
        .contains("promptferry-key-bytes=1001")
        .noneMatch(header -> header.startsWith("promptferry-header-bytes"));
  }

  @Test
  void aLongMessageIsCut() {
    var rejected = new Intake.Rejected(ErrorReason.BAD_SCHEMA, "x".repeat(100_000), null);
    var prompt = Prompts.record(0, 1, new byte[0], new byte[0]);
    assertThat(headers(DeadLetter.of(prompt, rejected, "dlq", 1_000)))
        .contains("__streams.errors.message=" + "x".repeat(1_000));
  }
}
