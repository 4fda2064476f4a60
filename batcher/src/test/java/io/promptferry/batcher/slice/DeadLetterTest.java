package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.Prompts;
import io.promptferry.schemas.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private static final Intake.Rejected REJECTED =
      new Intake.Rejected(ErrorReason.BAD_SCHEMA, "größer als erlaubt");

  @Test
  void carriesThePromptAsItCameAndBehindItsHeadersReasonAndCoordinates() {
    var prompt = Prompts.record(3, 42, new byte[] {1}, new byte[] {2, 3});
    prompt.headers().add("traceparent", "00-abc".getBytes(UTF_8));
    var letter = new DeadLetter(prompt, REJECTED);
    ProducerRecord<byte[], byte[]> record = letter.toRecord("prompts.dlq");

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

  @Test
  void aLetterThatWasReplayedTellsItsLastReasonLast() {
    var prompt = Prompts.record(0, 1, new byte[0], new byte[0]);
    prompt.headers().add("promptferry-reason", "NO_MODEL".getBytes(UTF_8));
    assertThat(
            new DeadLetter(prompt, REJECTED)
                .toRecord("dlq")
                .headers()
                .lastHeader("promptferry-reason")
                .value())
        .asString()
        .isEqualTo("BAD_SCHEMA");
  }
}
