package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.T0;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterWorkerTest {

  private static final long WRITTEN = T0.plusSeconds(99).toEpochMilli();

  private final RegistryStub registry = new RegistryStub();
  private final RecordSerdes serdes = registry.serdes();
  private final DeadLetterWorker worker = new DeadLetterWorker(setting());
  private final RecordHeaders headers = new RecordHeaders();

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  @Test
  void aBadEventIsAnsweredWithWhatWasWrong() {
    rejected("DEADLINE_PASSED", "the deadline was past");
    ProducerRecord<byte[], byte[]> answer =
        worker.answer(
            letter(
                event(
                    PromptEvent.newBuilder()
                        .setId("my-id")
                        .setModel("gemini-2.5-pro")
                        .setAttributes(Map.of("tenant", "t1"))
                        .build())));

    assertThat(answer.topic()).isEqualTo("responses.k");
    assertThat(answer.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(response(answer))
        .isEqualTo(
            PromptResponse.newBuilder()
                .setId("my-id")
                .setStatus(Status.FAILED)
                .setError(new PromptError("DEADLINE_PASSED", null, "the deadline was past"))
                .setModel("gemini-2.5-pro")
                .setAttempt(0)
                .setPromptedAt(T0)
                .setCompletedAt(ENDED)
                .setAttributes(Map.of("tenant", "t1"))
                .build());
  }

  @Test
  void itsHeadersComeBackWithoutThoseOfTheLetter() {
    headers.add("traceparent", "00-1".getBytes(UTF_8));
    rejected("NO_CONTENT", "nothing to ask");
    ProducerRecord<byte[], byte[]> answer =
        worker.answer(letter(event(PromptEvent.newBuilder().build())));

    assertThat(Arrays.stream(answer.headers().toArray()).map(Header::key))
        .containsExactly("traceparent", "promptferry-prompt");
    assertThat(answer.headers().lastHeader("promptferry-prompt").value())
        .isEqualTo("prompts-5-77".getBytes(UTF_8));
  }

  @Test
  void whatAPromptForgedIsNotBelieved() {
    header("promptferry-reason", "TOO_LARGE");
    header("__streams.errors.topic", "elsewhere");
    rejected("NO_CONTENT", "nothing to ask");
    PromptResponse response = response(worker.answer(letter(new byte[] {9})));

    assertThat(response.getId()).isEqualTo("prompts-5-77");
    assertThat(response.getError().getReason()).isEqualTo("NO_CONTENT");
  }

  @Test
  void bytesThatAreNoEventGetTheirAnswer() {
    rejected("UNDECODABLE", "not in Confluent's wire format");
    for (byte[] value : new byte[][] {{}, {1, 2, 3}, {0, 0, 0, 0, 99, 1}}) {
      PromptResponse response = response(worker.answer(letter(value)));

      assertThat(response.getId()).isEqualTo("prompts-5-77");
      assertThat(response.getError())
          .isEqualTo(new PromptError("UNDECODABLE", null, "not in Confluent's wire format"));
      assertThat(response.getModel()).isNull();
    }
    assertThat(response(worker.answer(letter(null))).getId()).isEqualTo("prompts-5-77");
  }

  @Test
  void replyToIsObeyed() {
    rejected("NO_CONTENT", "nothing to ask");
    byte[] event = event(PromptEvent.newBuilder().setReplyTo("eu.x").build());

    assertThat(worker.answer(letter(event)).topic()).isEqualTo("eu.x");
  }

  @Test
  void aPromptTooLargeToBeCopiedIsAnsweredByWhatTheLetterTellsOfIt() {
    rejected("TOO_LARGE", "too long");
    header("promptferry-value-bytes", "2000000");
    header(
        "promptferry-envelope",
        """
        {"id":"my-id","model":"m","replyTo":"eu.x","attributes":{"tenant":"t1"}}""");
    ProducerRecord<byte[], byte[]> answer = worker.answer(letter(null));

    assertThat(answer.topic()).isEqualTo("eu.x");
    assertThat(answer.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(Arrays.stream(answer.headers().toArray()).map(Header::key))
        .containsExactly("promptferry-prompt");
    assertThat(response(answer))
        .isEqualTo(
            PromptResponse.newBuilder()
                .setId("my-id")
                .setStatus(Status.FAILED)
                .setError(new PromptError("TOO_LARGE", null, "too long"))
                .setModel("m")
                .setAttempt(0)
                .setPromptedAt(T0)
                .setCompletedAt(ENDED)
                .setAttributes(Map.of("tenant", "t1"))
                .build());
  }

  @Test
  void whereTheLetterTellsNothingReadableOfItTheCoordinatesServe() {
    rejected("TOO_LARGE", "too long");
    for (byte[] told : new byte[][] {null, {}, "{".getBytes(UTF_8), {9}}) {
      headers.remove("promptferry-envelope").add("promptferry-envelope", told);
      ProducerRecord<byte[], byte[]> answer = worker.answer(letter(null));

      assertThat(answer.topic()).isEqualTo("responses.k");
      assertThat(response(answer).getId()).isEqualTo("prompts-5-77");
    }
  }

  @Test
  void anEventThatIsThereIsBelievedBeforeAnEnvelope() {
    rejected("NO_CONTENT", "nothing to ask");
    header("promptferry-envelope", "{\"id\":\"another\"}");
    byte[] event = event(PromptEvent.newBuilder().setId("my-id").build());

    assertThat(response(worker.answer(letter(event))).getId()).isEqualTo("my-id");
    assertThat(response(worker.answer(letter(new byte[] {9}))).getId()).isEqualTo("prompts-5-77");
  }

  @Test
  void aReasonOfAnotherVersionIsTold() {
    rejected("NOT_KNOWN_YET", "something new");

    assertThat(response(worker.answer(letter(new byte[] {9}))).getError())
        .isEqualTo(new PromptError("UNSUPPORTED", null, "NOT_KNOWN_YET: something new"));
  }

  @Test
  void aLetterWithoutHeadersIsAnsweredByItsOwnPlace() {
    ProducerRecord<byte[], byte[]> answer = worker.answer(letter(new byte[] {9}));

    PromptResponse response = response(answer);
    assertThat(response.getId()).isEqualTo("prompts.dlq-0-3");
    assertThat(response.getPromptedAt()).isEqualTo(Instant.ofEpochMilli(WRITTEN));
    assertThat(response.getError().getReason()).isEqualTo("UNDECODABLE");
  }

  @Test
  void headersThatMakeNoSenseAreAsNone() {
    header("promptferry-timestamp", "yesterday");
    headers.add("promptferry-reason", null);
    headers.add("__streams.errors.topic", null);
    PromptResponse response = response(worker.answer(letter(new byte[] {9})));

    assertThat(response.getId()).isEqualTo("prompts.dlq-0-3");
    assertThat(response.getPromptedAt()).isEqualTo(Instant.ofEpochMilli(WRITTEN));
    assertThat(response.getError().getReason()).isEqualTo("UNDECODABLE");
  }

  /** The headers that the slicer adds to a rejected prompt. */
  private void rejected(String reason, String message) {
    header("promptferry-reason", reason);
    header("promptferry-timestamp", Long.toString(T0.toEpochMilli()));
    header("__streams.errors.message", message);
    header("__streams.errors.topic", "prompts");
    header("__streams.errors.partition", "5");
    header("__streams.errors.offset", "77");
  }

  private void header(String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  @SuppressWarnings(
      "NullAway") // A record may have no value, which ConsumerRecord does not declare.
  private ConsumerRecord<byte[], byte[]> letter(byte @Nullable [] value) {
    return new ConsumerRecord<>(
        "prompts.dlq",
        0,
        3,
        WRITTEN,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        "k".getBytes(UTF_8),
        value,
        headers,
        Optional.empty());
  }

  private byte[] event(PromptEvent event) {
    return serdes.serializer(PromptEvent.class).serialize("prompts", event);
  }

  private PromptResponse response(ProducerRecord<byte[], byte[]> record) {
    return serdes.deserializer(PromptResponse.class).deserialize(record.topic(), record.value());
  }

  private CollectWorker.Setting setting() {
    var topics = new Topics("");
    var clock = Clock.fixed(ENDED, ZoneOffset.UTC);
    ServiceConfig config =
        ConfigLoader.load(
            ServiceConfig.define(),
            null,
            Map.of(
                "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "unused:1",
                "PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://unused"));
    return new CollectWorker.Setting(
        "test",
        topics,
        Samples.settings(Path.of("unused"), 10, 10),
        new KafkaClients(config),
        serdes,
        Accounts.only(new InMemoryProvider(clock)),
        new ResponseTopics(
            topics,
            new ResponseSettings("responses.{key}", 10, Pattern.compile("eu\\..*")),
            new FakeCluster("responses"),
            clock),
        1_000_000,
        Samples.once(),
        Prices.shipped(),
        new CollectMetrics(new SimpleMeterRegistry(), Clock.systemUTC()),
        clock);
  }
}
