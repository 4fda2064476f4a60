package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PromptProducerTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Prompt GOOD = Prompt.text("p").key("k").header("tenant", "acme").build();

  private final MockProducer<byte[], byte[]> kafka = kafka(true);

  @Test
  void aPromptThatKafkaHasTellsWhereItIs() throws IOException {
    PromptProducer producer = producer(kafka, builder());

    SentPrompt first = producer.send(GOOD).join();
    SentPrompt second =
        producer.send("k", PromptEvent.newBuilder(GOOD.event()).setId("i").build()).join();

    assertThat(first).isEqualTo(new SentPrompt("prompts-0-0", "prompts", 0, 0));
    assertThat(second.id()).isEqualTo("i");
    assertThat(second.coordinates()).isEqualTo("prompts-0-1");
    ProducerRecord<byte[], byte[]> record = kafka.history().get(0);
    assertThat(record.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(record.headers().lastHeader("tenant").value()).isEqualTo("acme".getBytes(UTF_8));
    assertThat(PromptEvent.fromByteBuffer(ByteBuffer.wrap(record.value()))).isEqualTo(GOOD.event());
  }

  @Test
  void aBadPromptIsRefusedAndNotSent() {
    PromptProducer producer = producer(kafka, builder());

    assertRefused(producer, Prompt.text(" ").build(), ErrorReason.NO_CONTENT, "set prompt");
    assertRefused(
        producer,
        Prompt.text("p").deadline(NOW).build(),
        ErrorReason.DEADLINE_PASSED,
        "2030-01-01T00:00:00Z");
    assertRefused(
        producer,
        Prompt.request("{\"contents\":[{}],\"temperatur\":1}").build(),
        ErrorReason.BAD_REQUEST,
        "request.temperatur is no field");
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void theBatchersLimitsCountWhereTheyAreSaid() {
    PromptProducer producer =
        producer(
            kafka,
            builder()
                .setting("promptferry.models.allowed", "models/flash,pro")
                .setting("promptferry.batch.max.bytes", "1000")
                .setting("promptferry.batch.max.tokens", 50));

    assertRefused(
        producer,
        Prompt.text("p").model("other").build(),
        ErrorReason.MODEL_NOT_ALLOWED,
        "prompt.models.allowed");
    assertRefused(
        producer, Prompt.text("x".repeat(1000)).build(), ErrorReason.TOO_LARGE, "batch.max.bytes");
    assertRefused(
        producer,
        Prompt.text("a few words ".repeat(50)).build(),
        ErrorReason.TOO_LARGE,
        "batch.max.tokens");
    producer.send(Prompt.text("p").model("models/flash").build()).join();
    // Which model that is, is not known here.
    producer.send(GOOD).join();
    assertThat(kafka.history()).hasSize(2);
  }

  @Test
  void theDefaultModelIsHeldAgainstThoseAllowed() {
    PromptProducer producer =
        producer(
            kafka,
            builder()
                .setting("promptferry.models.allowed", "pro")
                .setting("promptferry.model.default", "flash"));

    assertRefused(producer, GOOD, ErrorReason.MODEL_NOT_ALLOWED, "flash");
  }

  @Test
  void aRecordThatKafkaWouldNotTakeIsRefused() {
    PromptProducer producer = producer(kafka, builder().setting("max.request.size", "300"));

    assertRefused(
        producer,
        Prompt.text("p").header("h", "x".repeat(400)).build(),
        ErrorReason.TOO_LARGE,
        "max.request.size=300");
  }

  @Test
  void sendingWaitsForRoomAndThenFails() {
    MockProducer<byte[], byte[]> slow = kafka(false);
    PromptProducer producer =
        producer(
            slow, builder().setting("promptferry.in.flight.max", 1).setting("max.block.ms", "20"));
    CompletableFuture<SentPrompt> first = producer.send(GOOD);

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> producer.send(GOOD))
        .withMessageContaining("promptferry.in.flight.max")
        .withMessageContaining("max.block.ms=20");
    assertThat(first).isNotDone();
    assertThat(slow.history()).hasSize(1);

    slow.completeNext();
    assertThat(first).isCompleted();
    assertThat(producer.send(GOOD)).isNotDone();
    slow.errorNext(new KafkaException("no"));
    // A failure made room as well.
    CompletableFuture<SentPrompt> third = producer.send(GOOD);
    slow.errorNext(new KafkaException("broken"));
    assertThatThrownBy(third::join).hasRootCauseMessage("broken");
  }

  @Test
  void whatKafkaThrowsLeavesRoom() {
    PromptProducer producer = producer(kafka, builder().setting("promptferry.in.flight.max", 1));
    kafka.sendException = new KafkaException("not now");
    assertThatThrownBy(() -> producer.send(GOOD)).hasMessage("not now");

    kafka.sendException = null;
    assertThat(producer.send(GOOD).join().offset()).isZero();
  }

  @Test
  void whatKafkaThrowsAndCallsBackForAsWellLeavesRoomOnce() {
    MockProducer<byte[], byte[]> slow =
        new MockProducer<>(
            false,
            new RoundRobinPartitioner(),
            new ByteArraySerializer(),
            new ByteArraySerializer()) {
          private boolean first = true;

          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
            if (first && callback != null) {
              first = false;
              callback.onCompletion(null, new KafkaException("aborted"));
              throw new IllegalStateException("not in a transaction");
            }
            return super.send(record, callback);
          }
        };
    PromptProducer producer =
        producer(
            slow, builder().setting("promptferry.in.flight.max", 1).setting("max.block.ms", "20"));

    assertThatThrownBy(() -> producer.send(GOOD)).hasMessage("not in a transaction");
    assertThat(producer.send(GOOD)).isNotDone();
    assertThatThrownBy(() -> producer.send(GOOD)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void aCallersTransactionDecides() {
    PromptProducer producer = producer(kafka, builder());
    kafka.initTransactions();
    kafka.beginTransaction();
    var unused = producer.send(GOOD);
    kafka.abortTransaction();
    assertThat(kafka.history()).isEmpty();

    kafka.beginTransaction();
    unused = producer.send(GOOD);
    kafka.commitTransaction();
    assertThat(kafka.history()).hasSize(1);
    producer.close();
    assertThat(kafka.closed()).isFalse();
  }

  @Test
  void settingsThatAreWrongAreNamed() {
    assertThatThrownBy(() -> builder().setting("promptferry.in.fligt.max", 1).parted())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("promptferry.in.fligt.max is no setting")
        .hasMessageContaining("promptferry.in.flight.max");
    assertThatThrownBy(() -> PromptProducer.from(Map.of("bootstrap.servers", "127.0.0.1:1")))
        .hasMessageContaining("schema.registry.url is not set");
    assertThatThrownBy(() -> builder().setting("transactional.id", "t").build())
        .hasMessageContaining("within()");
    assertThatThrownBy(() -> producer(kafka, builder().setting("max.block.ms", "soon")))
        .hasMessageContaining("max.block.ms");
  }

  @Test
  void settingsMayBeProperties() {
    var properties = new Properties();
    properties.setProperty("schema.registry.url", "http://127.0.0.1:1");
    properties.setProperty("basic.auth.user.info", "u:p");
    properties.setProperty("promptferry.prompts.topic", "mine");
    properties.setProperty("linger.ms", "7");

    ClientSettings parted = PromptProducer.builder().settings(properties).parted();

    assertThat(parted.registry()).containsOnlyKeys("schema.registry.url", "basic.auth.user.info");
    assertThat(parted.kafka()).containsOnlyKeys("linger.ms");
    assertThat(parted.own().getString(ProducerSettings.TOPIC)).isEqualTo("mine");
  }

  private void assertRefused(
      PromptProducer producer, Prompt prompt, ErrorReason reason, String told) {
    assertThatExceptionOfType(PromptRejectedException.class)
        .isThrownBy(() -> producer.send(prompt))
        .withMessageContaining(told)
        .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  static PromptProducerBuilder builder() {
    return PromptProducer.builder()
        .bootstrapServers("127.0.0.1:1")
        .schemaRegistry("http://127.0.0.1:1")
        .clock(Clock.fixed(NOW, ZoneOffset.UTC));
  }

  static Serializer<PromptEvent> plain() {
    return (topic, event) -> {
      try {
        return event.toByteBuffer().array();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static PromptProducer producer(
      MockProducer<byte[], byte[]> kafka, PromptProducerBuilder builder) {
    return builder.producer(builder.parted(), kafka, false, builder.records(plain()));
  }

  private static MockProducer<byte[], byte[]> kafka(boolean completes) {
    return new MockProducer<>(
        completes,
        new RoundRobinPartitioner(),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
