package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.MutableClock;
import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Attempt;
import io.promptferry.records.EarlierAttempt;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResponsesTest {

  private static final int MAX_BYTES = 10_000;

  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
  private static final byte[] KEY = {0, (byte) 0xFF, 'a'};
  private static final Usage USAGE = new Usage(7L, 5L, 3L, 2L, 15L);
  private static final Outcome.Answered ANSWER =
      new Outcome.Answered("a ferry", "{ \"raw\" : 1}", "STOP", USAGE);
  private static final Responses.Carriage CARRIAGE =
      new Responses.Carriage(
          "b1",
          "batches/1",
          "gemini-2.5-flash",
          3,
          List.of(new Attempt("b0", "batches/0", "JOB_EXPIRED", null)),
          T0.plusSeconds(2),
          T0.plusSeconds(3),
          T0.plusSeconds(4));

  private final RecordHeaders headers = new RecordHeaders();

  @Test
  void anAnswerSaysAll() {
    ProducerRecord<byte[], byte[]> record = record(event().build(), CARRIAGE, ANSWER);

    assertThat(record.topic()).isEqualTo("responses.-00-FFa");
    assertThat(record.partition()).isNull();
    assertThat(record.key()).isEqualTo(KEY);
    assertThat(value(record))
        .isEqualTo(
            PromptResponse.newBuilder()
                .setId("my-id")
                .setStatus(Status.SUCCEEDED)
                .setText("a ferry")
                .setResponse("{ \"raw\" : 1}")
                .setFinishReason("STOP")
                .setUsage(USAGE)
                .setError(null)
                .setBatchId("b1")
                .setJob("batches/1")
                .setModel("gemini-2.5-flash")
                .setAttempt(3)
                .setHistory(List.of(new EarlierAttempt("b0", "batches/0", "JOB_EXPIRED", null)))
                .setPromptedAt(T0)
                .setSealedAt(T0.plusSeconds(2))
                .setSubmittedAt(T0.plusSeconds(3))
                .setCompletedAt(T0.plusSeconds(4))
                .setAttributes(Map.of("tenant", "t1"))
                .build());
  }

  @Test
  void aFailureSaysWhy() {
    PromptResponse response =
        value(
            record(
                event().build(),
                CARRIAGE,
                new Outcome.Failed(ErrorReason.MODEL_ERROR, 3, "too long")));

    assertThat(response.getStatus()).isEqualTo(Status.FAILED);
    assertThat(response.getError()).isEqualTo(new PromptError("MODEL_ERROR", 3, "too long"));
    assertThat(response.getText()).isNull();
    assertThat(response.getResponse()).isNull();
    assertThat(response.getFinishReason()).isNull();
    assertThat(response.getUsage()).isNull();
    assertThat(response.getId()).isEqualTo("my-id");
    assertThat(response.getBatchId()).isEqualTo("b1");
    assertThat(response.getAttributes()).isEqualTo(Map.of("tenant", "t1"));
  }

  @Test
  void aFailureKeepsWhatTheModelGave() {
    var given = new Outcome.Answered(null, "{}", "SAFETY", USAGE);
    PromptResponse response =
        value(
            record(
                event().build(),
                CARRIAGE,
                new Outcome.Failed(ErrorReason.EMPTY_ANSWER, null, "nothing", given)));

    assertThat(response.getStatus()).isEqualTo(Status.FAILED);
    assertThat(response.getError()).isEqualTo(new PromptError("EMPTY_ANSWER", null, "nothing"));
    assertThat(response.getResponse()).isEqualTo("{}");
    assertThat(response.getFinishReason()).isEqualTo("SAFETY");
    assertThat(response.getUsage()).isEqualTo(USAGE);
    assertThat(response.getText()).isNull();
  }

  @Test
  void withoutAnIdTheCoordinatesServe() {
    assertThat(value(record(event().setId("").build(), CARRIAGE, ANSWER)).getId())
        .isEqualTo("prompts-2-41");
  }

  @Test
  void bytesThatAreNoEventGetAnAnswerToo() {
    var nothing = new Responses.Carriage(null, null, null, 1, List.of(), null, null, T0);
    ProducerRecord<byte[], byte[]> record =
        record(null, nothing, new Outcome.Failed(ErrorReason.UNDECODABLE, null, "no event"));

    PromptResponse response = value(record);
    assertThat(record.topic()).isEqualTo("responses.-00-FFa");
    assertThat(record.key()).isEqualTo(KEY);
    assertThat(response.getId()).isEqualTo("prompts-2-41");
    assertThat(response.getAttributes()).isEmpty();
    assertThat(response.getBatchId()).isNull();
    assertThat(response.getSubmittedAt()).isNull();
    assertThat(response.getCompletedAt()).isEqualTo(T0);
    assertThat(response.getError().getReason()).isEqualTo("UNDECODABLE");
  }

  @Test
  void headersComeBackInTheirOrder() {
    headers.add("traceparent", "00-1".getBytes(UTF_8));
    headers.add("twice", "1".getBytes(UTF_8));
    headers.add("twice", "2".getBytes(UTF_8));
    headers.add("empty", null);

    ProducerRecord<byte[], byte[]> record = record(event().build(), CARRIAGE, ANSWER);

    assertThat(names(record))
        .containsExactly("traceparent", "twice", "twice", "empty", "promptferry-prompt");
    assertThat(header(record, "traceparent")).contains("00-1");
    assertThat(header(record, "twice")).contains("2");
    assertThat(record.headers().lastHeader("empty").value()).isNull();
    assertThat(header(record, "promptferry-prompt")).contains("prompts-2-41");
  }

  @Test
  void whatAPromptForgedOrADeadLetterCarriesIsDropped() {
    for (String name :
        List.of(
            "promptferry-prompt",
            "promptferry-intended-topic",
            "promptferry-overflow",
            "promptferry-reason",
            "promptferry-timestamp",
            "__streams.errors.message",
            "__streams.errors.topic",
            "__streams.errors.partition",
            "__streams.errors.offset")) {
      headers.add(name, "forged".getBytes(UTF_8));
    }
    headers.add("kept", "1".getBytes(UTF_8));

    ProducerRecord<byte[], byte[]> record = record(event().build(), CARRIAGE, ANSWER);

    assertThat(names(record)).containsExactly("kept", "promptferry-prompt");
    assertThat(header(record, "promptferry-prompt")).contains("prompts-2-41");
  }

  @Test
  void anAnswerThatCouldNotGoWhereItShouldNamesThatTopic() {
    Responses full = responses(settings(0));

    ProducerRecord<byte[], byte[]> record =
        full.answer(prompt(event().build(), KEY), CARRIAGE, ANSWER).record();

    assertThat(record.topic()).isEqualTo("responses");
    assertThat(header(record, "promptferry-intended-topic")).contains("responses.-00-FFa");
    assertThat(header(record, "promptferry-overflow")).contains("CAP");
    assertThat(record.key()).isEqualTo(KEY);
  }

  @Test
  void anAnswerThatIsWhereItShouldBeNamesNone() {
    assertThat(header(record(event().build(), CARRIAGE, ANSWER), "promptferry-intended-topic"))
        .isEmpty();
    assertThat(header(record(event().build(), CARRIAGE, ANSWER), "promptferry-overflow")).isEmpty();
  }

  @Test
  void replyToOfTheEventIsObeyed() {
    assertThat(record(event().setReplyTo("eu.x").build(), CARRIAGE, ANSWER).topic())
        .isEqualTo("eu.x");
    ProducerRecord<byte[], byte[]> other =
        record(event().setReplyTo("us.x").build(), CARRIAGE, ANSWER);
    assertThat(other.topic()).isEqualTo("responses.-00-FFa");
    assertThat(header(other, "promptferry-intended-topic")).contains("us.x");
    assertThat(header(other, "promptferry-overflow")).contains("REPLY_TO");
  }

  @Test
  void aPromptWithoutAKeyGetsAnAnswerWithoutOne() {
    ProducerRecord<byte[], byte[]> record =
        responses(settings(10)).answer(prompt(event().build(), null), CARRIAGE, ANSWER).record();

    assertThat(record.topic()).isEqualTo("responses");
    assertThat(record.key()).isNull();
    assertThat(header(record, "promptferry-intended-topic")).isEmpty();
    assertThat(header(record, "promptferry-overflow")).contains("NULL_KEY");
  }

  @Test
  void anAnswerThatNoRecordCanHoldIsToldAsAFailureWithItsSizeAndItsTokens() {
    var usage = new Usage(1L, 2L, 3L, 4L, 10L);
    var large = new Outcome.Answered("x".repeat(MAX_BYTES), "{}", "STOP", usage);

    Responses.Answer answer =
        responses(settings(10)).answer(prompt(event().build(), KEY), CARRIAGE, large);

    assertThat(answer.record().value().length).isLessThan(1_000);
    assertThat(answer.told())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(ErrorReason.ANSWER_TOO_LARGE);
              assertThat(failure.message()).contains("response.max.bytes=" + MAX_BYTES);
              assertThat(failure.answer())
                  .isEqualTo(new Outcome.Answered(null, null, "STOP", usage));
            });
    PromptResponse response = value(answer.record());
    assertThat(response.getStatus()).isEqualTo(Status.FAILED);
    assertThat(response.getResponse()).isNull();
    assertThat(response.getUsage()).isEqualTo(usage);
  }

  @Test
  void keyAndHeadersCountForTheSizeOfAnAnswer() {
    var answer = new Outcome.Answered("x".repeat(MAX_BYTES / 2), null, "STOP", USAGE);
    assertThat(value(record(event().build(), CARRIAGE, answer)).getStatus())
        .isEqualTo(Status.SUCCEEDED);

    headers.add("large", new byte[MAX_BYTES / 2]);
    ProducerRecord<byte[], byte[]> record = record(event().build(), CARRIAGE, answer);

    assertThat(value(record).getError().getReason()).isEqualTo("ANSWER_TOO_LARGE");
    assertThat(RecordSize.of(record)).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(header(record, "large")).isPresent();
    assertThat(value(record).getAttributes()).isEqualTo(Map.of("tenant", "t1"));
  }

  @Test
  void whatCameWithThePromptIsLeftOutWhereItLeavesNoRoomForAnAnswer() {
    headers.add("large", new byte[MAX_BYTES]);
    var outcomes =
        List.of(ANSWER, new Outcome.Failed(ErrorReason.BAD_SETTING, 3, "m".repeat(2 * MAX_BYTES)));
    for (Outcome outcome : outcomes) {
      Responses.Answer answer =
          responses(settings(10))
              .answer(
                  prompt(event().setAttributes(Map.of("a", "b".repeat(MAX_BYTES))).build(), KEY),
                  CARRIAGE,
                  outcome);

      assertThat(RecordSize.of(answer.record())).isLessThan(2_000);
      assertThat(answer.told()).isInstanceOf(Outcome.Failed.class);
      assertThat(value(answer.record()).getId()).isEqualTo("prompts-2-41");
      assertThat(value(answer.record()).getStatus()).isEqualTo(Status.FAILED);
      assertThat(names(answer.record())).containsExactly("promptferry-prompt");
      assertThat(answer.record().key()).isEqualTo(KEY);
    }
  }

  private ProducerRecord<byte[], byte[]> record(
      @Nullable PromptEvent event, Responses.Carriage carriage, Outcome outcome) {
    return responses(settings(10)).answer(prompt(event, KEY), carriage, outcome).record();
  }

  @SuppressWarnings("NullAway") // A record may have no key, which ConsumerRecord does not declare.
  private Responses.Prompt prompt(@Nullable PromptEvent event, byte @Nullable [] key) {
    var record =
        new ConsumerRecord<>(
            "prompts",
            2,
            41,
            T0.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            key,
            new byte[] {1},
            headers,
            Optional.empty());
    return new Responses.Prompt(record, "prompts-2-41", T0, event);
  }

  private static PromptEvent.Builder event() {
    return PromptEvent.newBuilder()
        .setId("my-id")
        .setPrompt("what crosses?")
        .setAttributes(Map.of("tenant", "t1"));
  }

  private static ResponseSettings settings(int maxTopics) {
    return new ResponseSettings("responses.{key}", maxTopics, Pattern.compile("eu\\..*"));
  }

  private static Responses responses(ResponseSettings settings) {
    var topics =
        new ResponseTopics(
            new Topics(""), settings, new FakeCluster("responses"), new MutableClock(T0));
    return new Responses(topics, (topic, response) -> bytes(response), MAX_BYTES);
  }

  private static byte[] bytes(PromptResponse response) {
    try {
      return response.toByteBuffer().array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PromptResponse value(ProducerRecord<byte[], byte[]> record) {
    try {
      return PromptResponse.fromByteBuffer(ByteBuffer.wrap(record.value()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(ProducerRecord<byte[], byte[]> record) {
    return Arrays.stream(record.headers().toArray()).map(header -> header.key()).toList();
  }

  private static Optional<String> header(ProducerRecord<byte[], byte[]> record, String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(header -> new String(header.value(), UTF_8));
  }
}
