package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LaneFinders;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.request.RequestLine;
import io.promptferry.request.TokenEstimate;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.spans.SliceBuilder;
import io.promptferry.spans.SpanBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptIntakeTest {

  private static final Instant NOW = ManualClock.START;
  private static final byte[] KEY = {1, 2};

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static Serializer<PromptEvent> events;

  @SuppressWarnings("NullAway.Init")
  private static RecordDecoder<PromptEvent> decoder;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    events = registry.serdes().serializer(PromptEvent.class);
    decoder = registry.serdes().decoder(PromptEvent.class);
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  private static BatchLimits limits(long bytes, long tokens) {
    return new BatchLimits(1000, bytes, tokens, 4096, Duration.ofMinutes(1), Duration.ZERO);
  }

  private static PromptIntake intake(String defaultModel, BatchLimits limits) {
    return intake(defaultModel, Policies.of(limits), Map.of());
  }

  private static PromptIntake intake(
      String defaultModel, LanePolicies policies, Map<String, String> lanes) {
    return new PromptIntake(
        decoder,
        new PromptValidation.Rules(defaultModel, Set.of()),
        policies,
        LaneFinders.of(policies, lanes, new SimpleMeterRegistry()));
  }

  private static ConsumerRecord<byte[], byte[]> record(PromptEvent event) {
    return Prompts.record(3, 1234, KEY, events.serialize(Prompts.TOPIC, event));
  }

  private static Intake decide(PromptEvent event) {
    return intake("default-model", limits(1_000_000, 1_000_000)).decide(record(event), NOW);
  }

  private static Intake decide(byte[] value) {
    return intake("", limits(1_000_000, 1_000_000)).decide(Prompts.record(0, 0, KEY, value), NOW);
  }

  private static void assertRejected(Intake intake, ErrorReason reason, String inMessage) {
    assertThat(intake)
        .isInstanceOfSatisfying(
            Intake.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(reason);
              assertThat(rejected.message()).contains(inMessage).doesNotContain("\n");
              assertThat(rejected.event() == null).isEqualTo(reason == ErrorReason.UNDECODABLE);
            });
  }

  @Test
  void aGoodPromptIsMeasuredAsItsLineWillBe() {
    PromptEvent event = Prompts.event("Hello");
    event.setDeadline(NOW.plusSeconds(60));
    int line = RequestLine.render("3-1234", event).length;
    // Five bytes for a topic number of four digits and its dash.
    assertThat(decide(event))
        .isEqualTo(
            new Intake.Accepted(
                "",
                new Lane("gemini-2.5-flash", "default", LaneKind.NORMAL, Map.of()),
                line + 5,
                TokenEstimate.of(event),
                NOW.plusSeconds(60)));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "gemini-2.5-pro, gemini-2.5-pro",
        "models/gemini-2.5-pro, gemini-2.5-pro",
        "-, default-model",
        "' ', default-model"
      })
  void theLaneIsOfTheModelByItsPlainName(String model, String lane) {
    PromptEvent event = Prompts.event("Hello");
    event.setModel(model);
    assertThat(decide(event))
        .isInstanceOfSatisfying(
            Intake.Accepted.class,
            accepted -> assertThat(accepted.lane().getModel()).isEqualTo(lane));
  }

  @Test
  void theDefaultModelMayHaveThePrefixToo() {
    PromptEvent event = Prompts.event("Hello");
    event.setModel(null);
    assertThat(intake("models/m", limits(1000, 1000)).decide(record(event), NOW))
        .isInstanceOfSatisfying(
            Intake.Accepted.class,
            accepted -> assertThat(accepted.lane().getModel()).isEqualTo("m"));
  }

  @Test
  void withoutAnyModelItIsRejected() {
    PromptEvent event = Prompts.event("Hello");
    event.setModel(null);
    assertRejected(
        intake("", limits(1000, 1000)).decide(record(event), NOW),
        ErrorReason.NO_MODEL,
        "prompt.default.model");
  }

  @Test
  void whatValidationRefusesIsRejectedWithItsReason() {
    assertRejected(decide(Prompts.event(" ")), ErrorReason.NO_CONTENT, "no content");
    PromptEvent late = Prompts.event("Hello");
    late.setDeadline(NOW);
    assertRejected(decide(late), ErrorReason.DEADLINE_PASSED, "deadline");
  }

  @Test
  void bytesThatAreNoEventAreRejected() {
    assertRejected(decide(new byte[0]), ErrorReason.UNDECODABLE, "wire format");
    assertRejected(decide(new byte[] {'{', '"', 'a', '"', ':', '1'}), ErrorReason.UNDECODABLE, "");
    assertRejected(decide(new byte[] {0, 0, 0, 0, 1, -1}), ErrorReason.UNDECODABLE, "");
    assertRejected(decide(new byte[] {0, 0, 0, 9, 9, 0}), ErrorReason.UNDECODABLE, "2313");
  }

  @Test
  @SuppressWarnings("NullAway") // Kafka hands over a null value as null.
  void aTombstoneIsRejected() {
    assertRejected(
        intake("m", limits(1000, 1000))
            .decide(new ConsumerRecord<>(Prompts.TOPIC, 0, 0, KEY, null), NOW),
        ErrorReason.UNDECODABLE,
        "wire format");
  }

  @Test
  void aRecordOfAnotherTypeIsRejected() {
    Slice slice =
        new SliceBuilder(
                new Lane("m", "default", LaneKind.NORMAL, Map.of()),
                new SpanBuilder("prompts", "", 0, -1),
                limits(1000, 1000).slice())
            .build();
    assertRejected(
        intake("m", limits(1000, 1000))
            .decide(
                Prompts.record(
                    0,
                    0,
                    KEY,
                    registry.serdes().serializer(Slice.class).serialize(Prompts.TOPIC, slice)),
                NOW),
        ErrorReason.UNDECODABLE,
        "");
  }

  @Test
  void aRegistryThatDoesNotAnswerIsBlamedOnNoPrompt() {
    RegistryStub gone = new RegistryStub();
    PromptIntake intake =
        new PromptIntake(
            gone.serdes().decoder(PromptEvent.class),
            new PromptValidation.Rules("m", Set.of()),
            Policies.of(limits(1_000_000, 1_000_000)),
            LaneFinders.of(Policies.of(limits(1_000_000, 1_000_000))));
    gone.close();
    assertThatThrownBy(() -> intake.decide(record(Prompts.event("Hello")), NOW))
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("schema.registry.url");
  }

  @Test
  void aPromptThatFillsABatchByItselfIsTakenAndOneByteMoreIsNot() {
    var hello = record(Prompts.event("Hello"));
    int bytes = RequestLine.render("3-1234", Prompts.event("Hello")).length + 5;
    assertThat(intake("", limits(bytes, 1000)).decide(hello, NOW))
        .isInstanceOf(Intake.Accepted.class);
    assertRejected(
        intake("", limits(bytes - 1, 1000)).decide(hello, NOW),
        ErrorReason.TOO_LARGE,
        "(batch.max.bytes=" + (bytes - 1) + ")");
  }

  @Test
  void theLaneHasTheLabelsOfItsHeadersAndAttributes() {
    PromptIntake intake =
        intake(
            "m",
            Policies.of(limits(1_000_000, 1_000_000)),
            Map.of("lane.by", "header:tenant,attribute:centre"));
    PromptEvent event = Prompts.event("Hello");
    event.setAttributes(Map.of("centre", "7"));
    var record = record(event);
    record.headers().add("tenant", "acme".getBytes(UTF_8));
    assertThat(intake.decide(record, NOW))
        .isInstanceOfSatisfying(
            Intake.Accepted.class,
            accepted ->
                assertThat(accepted.lane().getLabels())
                    .isEqualTo(Map.of("tenant", "acme", "centre", "7")));
  }

  @Test
  void oneModelTooManyIsRejectedAndTheKeyNamed() {
    PromptIntake intake =
        intake("m", Policies.of(limits(1_000_000, 1_000_000)), Map.of("lane.open.max", "1"));
    PromptEvent event = Prompts.event("Hello");
    assertThat(intake.decide(record(event), NOW)).isInstanceOf(Intake.Accepted.class);
    event.setModel("typo");
    assertRejected(
        intake.decide(record(event), NOW), ErrorReason.TOO_MANY_LANES, "(lane.open.max)");
    // The linger of these limits.
    assertThat(intake.decide(record(event), NOW.plus(Duration.ofMinutes(1))))
        .isInstanceOf(Intake.Accepted.class);
  }

  @Test
  void tooManyTokensNameTheKeyToRaise() {
    var hello = record(Prompts.event("Hello"));
    long tokens = TokenEstimate.of(Prompts.event("Hello"));
    assertThat(intake("", limits(1000, tokens)).decide(hello, NOW))
        .isInstanceOf(Intake.Accepted.class);
    assertRejected(
        intake("", limits(1000, tokens - 1)).decide(hello, NOW),
        ErrorReason.TOO_LARGE,
        "(batch.max.tokens=" + (tokens - 1) + ")");
  }

  /** Jackson reads a thousand levels and writes as many, and the line adds some of its own. */
  @ParameterizedTest
  @ValueSource(ints = {998, 1_000, 1_001})
  void aSchemaTooDeepToWriteIsThatPromptsFaultAlone(int depth) {
    PromptEvent event = Prompts.event("Hello");
    event.setResponseJsonSchema("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
    assertRejected(decide(event), ErrorReason.BAD_SCHEMA, "responseJsonSchema");
  }

  @Test
  void inlineDataCountsAsTheBase64ThatTheLineHolds() {
    PromptEvent event = Prompts.event("Hello");
    event.setParts(List.of(new Part(null, null, ByteBuffer.allocate(750), "image/png")));
    assertThat(decide(event))
        .isInstanceOfSatisfying(
            Intake.Accepted.class,
            accepted ->
                assertThat(accepted.bytes())
                    .isEqualTo(RequestLine.render("3-1234", event).length + 5)
                    .isGreaterThan(1_000));
    assertRejected(
        intake("", limits(1_000, 10_000)).decide(record(event), NOW),
        ErrorReason.TOO_LARGE,
        "(batch.max.bytes=1000)");
  }

  @Test
  void aRequestTheApiHasNotIsRejected() {
    PromptEvent event = Prompts.event("");
    event.setPrompt(null);
    event.setRequest("{\"contents\":[{\"parts\":[{\"text\":\"why?\"}]}]}");
    assertThat(decide(event)).isInstanceOf(Intake.Accepted.class);
    event.setRequest("{\"contents\":[{\"parts\":[{\"txt\":\"why?\"}]}]}");
    assertRejected(decide(event), ErrorReason.BAD_REQUEST, "contents[0].parts[0].txt");
  }
}
