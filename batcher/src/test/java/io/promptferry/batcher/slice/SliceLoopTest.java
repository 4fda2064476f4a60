package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LaneFinders;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.batcher.position.NoPast;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The loop between a consumer and a producer that are in memory. */
class SliceLoopTest {

  private static final TopicPartition P0 = new TopicPartition(Prompts.TOPIC, 0);
  private static final TopicPartition P1 = new TopicPartition(Prompts.TOPIC, 1);
  private static final String ID = "id-of-prompts";
  private static final Duration INTERVAL = Duration.ofMillis(500);

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static Serializer<PromptEvent> events;

  @SuppressWarnings("NullAway.Init")
  private static RecordDecoder<PromptEvent> decoder;

  @SuppressWarnings("NullAway.Init")
  private static Serde<Slice> slices;

  private final ReplayConsumer consumer = new ReplayConsumer();
  private MockProducer<byte[], byte[]> producer = newProducer();
  private Map<String, String> ids = Map.of(Prompts.TOPIC, ID);
  private List<Run> slicedBefore = List.of();
  private int timesMarked;
  private final AtomicBoolean idsClosed = new AtomicBoolean();
  private SliceBounds bounds = new SliceBounds(false, 10_000, 900, Duration.ZERO, 10);
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  @SuppressWarnings("NullAway.Init")
  private SliceLoop loop;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    events = registry.serdes().serializer(PromptEvent.class);
    decoder = registry.serdes().decoder(PromptEvent.class);
    slices = registry.serdes().serde(Slice.class);
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  @BeforeEach
  void startLoop() {
    loop = loop(consumer, decoder);
    assertThat(loop.ready()).isFalse();
    assign(consumer);
  }

  private static void assign(ReplayConsumer reader) {
    reader.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    reader.commitSync(Map.of(P0, at(0), P1, at(0)));
    reader.rebalance(List.of(P0, P1));
  }

  private static OffsetAndMetadata at(long offset) {
    return new OffsetAndMetadata(offset, ID);
  }

  private static MockProducer<byte[], byte[]> newProducer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private TopicIds topicIds() {
    return new TopicIds() {
      @Override
      public Map<String, String> of(Collection<String> topics) {
        return ids;
      }

      @Override
      public void close() {
        idsClosed.set(true);
      }
    };
  }

  private SliceLoop loop(ReplayConsumer reader, RecordDecoder<PromptEvent> prompts) {
    return loop(reader, prompts, new Topics(""));
  }

  private SliceLoop loop(ReplayConsumer reader, RecordDecoder<PromptEvent> prompts, Topics topics) {
    // Twentieths: 5 prompts.
    var limits =
        new BatchLimits(100, 1_000_000, 1_000_000, 100_000, Duration.ofMinutes(1), Duration.ZERO);
    return new SliceLoop(
        new SliceLoop.Clients(
            reader, producer, slices.serializer(), topicIds(), new NoPast(), this::markAccepted),
        topics,
        new PromptIntake(
            prompts,
            new PromptValidation.Rules("m", Set.of()),
            Policies.of(limits),
            LaneFinders.of(Policies.of(limits))),
        new SliceSettings(new PromptValidation.Rules("m", Set.of()), INTERVAL, Policies.of(limits)),
        bounds,
        metrics,
        clock);
  }

  private void markAccepted(Instant since, Map<TopicPartition, AcceptedOffsets> wanted) {
    timesMarked++;
    Span before =
        Span.newBuilder()
            .setTopic(Prompts.TOPIC)
            .setTopicId(ID)
            .setPartition(0)
            .setRuns(Runs.encode(slicedBefore))
            .setCount(slicedBefore.size())
            .build();
    Stream.concat(Stream.of(before), slices().stream().map(Slice::getSpan))
        .forEach(
            span -> {
              var place = new TopicPartition(span.getTopic(), span.getPartition());
              Optional.ofNullable(wanted.get(place)).ifPresent(offsets -> offsets.add(span));
            });
  }

  private void good(TopicPartition partition, long offset) {
    byte[] value = events.serialize(Prompts.TOPIC, Prompts.event("Hello"));
    consumer.addRecord(Prompts.record(partition.partition(), offset, new byte[0], value));
  }

  private void bad(TopicPartition partition, long offset) {
    consumer.addRecord(
        Prompts.record(partition.partition(), offset, new byte[] {7}, new byte[] {1, 2}));
  }

  private List<Slice> slices() {
    return producer.history().stream()
        .filter(record -> record.topic().equals("slices"))
        .map(record -> slices.deserializer().deserialize("slices", record.value()))
        .toList();
  }

  private List<ProducerRecord<byte[], byte[]>> deadLetters() {
    return producer.history().stream()
        .filter(record -> record.topic().equals("prompts.dlq"))
        .toList();
  }

  private List<Map<TopicPartition, OffsetAndMetadata>> offsets() {
    return producer.consumerGroupOffsetsHistory().stream()
        .flatMap(commit -> commit.values().stream())
        .toList();
  }

  private void runAfterInterval() {
    loop.runOnce();
    clock.advance(INTERVAL);
    loop.runOnce();
  }

  @Test
  void writesSlicesDeadLettersAndOffsetsTogetherOnceTheIntervalIsOver() {
    good(P0, 0);
    good(P0, 1);
    bad(P0, 2);
    good(P1, 8);
    loop.runOnce();
    clock.advance(INTERVAL.minusMillis(1));
    loop.runOnce();
    assertThat(producer.commitCount()).isZero();
    assertThat(producer.transactionInFlight()).isFalse();

    clock.advance(Duration.ofMillis(1));
    loop.runOnce();

    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(slices())
        .extracting(
            slice -> slice.getSpan().getPartition(),
            slice -> Runs.decode(slice.getSpan().getRuns()),
            slice -> slice.getSpan().getTopicId())
        .containsExactlyInAnyOrder(
            tuple(0, List.of(new Run(0, 1)), ID), tuple(1, List.of(new Run(8, 8)), ID));
    assertThat(producer.history())
        .filteredOn(record -> record.topic().equals("slices"))
        .allSatisfy(
            record ->
                assertThat(record.key()).asString().isEqualTo("gemini-2.5-flash|default|NORMAL"));
    assertThat(deadLetters())
        .singleElement()
        .satisfies(letter -> assertThat(letter.key()).containsExactly(7));
    // The leader's epoch goes along, so that a truncated log is noticed.
    assertThat(offsets())
        .containsExactly(
            Map.of(
                P0, new OffsetAndMetadata(3, Optional.of(4), ID),
                P1, new OffsetAndMetadata(9, Optional.of(4), ID)));
  }

  @Test
  void countsWhatItTakesAndWhatItRejectsOnceItIsCommitted() {
    good(P0, 0);
    good(P0, 1);
    bad(P0, 2);
    loop.runOnce();
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isZero();
    runAfterInterval();
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isEqualTo(2);
    assertThat(metrics.counter("promptferry.prompts.rejected", "reason", "UNDECODABLE").count())
        .isEqualTo(1);
  }

  @Test
  void whatIsRolledBackIsNotCounted() {
    consumer.rebalance(List.of());
    dedup(consumer);
    assign(consumer);
    good(P0, 0);
    bad(P0, 1);
    consumer.addRecord(withId(2, "a", 0));
    consumer.addRecord(withId(3, "a", 0));
    loop.runOnce();
    clock.advance(INTERVAL);
    producer.commitTransactionException = new TimeoutException("no broker");
    assertThatThrownBy(loop::runOnce).isInstanceOf(TimeoutException.class);
    assertThat(metrics.getMeters().stream().flatMap(each -> values(each)))
        .isNotEmpty()
        .containsOnly(0.0);

    consumer.rebalance(List.of());
    producer = newProducer();
    loop = loop(consumer, decoder);
    assign(consumer);
    runAfterInterval();
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isEqualTo(2);
    assertThat(metrics.counter("promptferry.prompts.rejected", "reason", "UNDECODABLE").count())
        .isEqualTo(1);
    assertThat(repeated()).isEqualTo(1);
  }

  @Test
  void aFullSliceDoesNotWaitForTheInterval() {
    for (int offset = 0; offset < 6; offset++) {
      good(P0, offset);
    }
    loop.runOnce();
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(5, 1);
  }

  @Test
  void withNothingReadNothingIsCommittedWhateverTimePasses() {
    runAfterInterval();
    good(P0, 0);
    runAfterInterval();
    runAfterInterval();
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(offsets()).hasSize(1);
  }

  @Test
  void theIntervalBeginsWithTheFirstPromptAfterACommit() {
    good(P0, 0);
    runAfterInterval();
    clock.advance(Duration.ofHours(1));
    good(P0, 1);
    loop.runOnce();
    assertThat(producer.commitCount()).isEqualTo(1);
    clock.advance(INTERVAL);
    loop.runOnce();
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()), s -> s.getSpan().getAfter())
        .containsExactly(tuple(List.of(new Run(0, 0)), -1L), tuple(List.of(new Run(1, 1)), 0L));
  }

  @Test
  void deadLettersAloneAreCommittedToo() {
    bad(P0, 0);
    runAfterInterval();
    assertThat(slices()).isEmpty();
    assertThat(deadLetters()).hasSize(1);
    assertThat(offsets())
        .singleElement()
        .satisfies(commit -> assertThat(commit).containsOnlyKeys(P0));
  }

  @Test
  void aDeadLetterIsWrittenOnce() {
    bad(P0, 0);
    runAfterInterval();
    good(P0, 1);
    runAfterInterval();
    assertThat(producer.commitCount()).isEqualTo(2);
    assertThat(deadLetters()).hasSize(1);
  }

  @Test
  void aSteadyTrickleDoesNotPutTheCommitOff() {
    for (int offset = 0; offset < 3; offset++) {
      good(P0, offset);
      loop.runOnce();
      clock.advance(INTERVAL.dividedBy(2));
    }
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(3);
  }

  @Test
  void aCommitThatFailsIsAbortedAndEndsTheLoop() {
    good(P0, 0);
    bad(P0, 1);
    loop.runOnce();
    clock.advance(INTERVAL);
    producer.commitTransactionException = new TimeoutException("no broker");
    assertThatThrownBy(loop::runOnce).isInstanceOf(TimeoutException.class);
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.history()).isEmpty();
    assertThat(offsets()).isEmpty();
  }

  @Test
  void offsetsThatAreRefusedAbortTheSlicesToo() {
    good(P0, 0);
    loop.runOnce();
    clock.advance(INTERVAL);
    producer.sendOffsetsToTransactionException = new KafkaException("unknown member");
    assertThatThrownBy(loop::runOnce).hasMessage("unknown member");
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void aFencedProducerReportsTheFence() {
    good(P0, 0);
    loop.runOnce();
    clock.advance(INTERVAL);
    producer.sendOffsetsToTransactionException = new ProducerFencedException("fenced");
    producer.abortTransactionException = new ProducerFencedException("fenced again");
    assertThatThrownBy(loop::runOnce)
        .isInstanceOf(ProducerFencedException.class)
        .hasMessage("fenced");
  }

  /**
   * After a commit that timed out Kafka's producer refuses to abort, by an IllegalStateException.
   */
  @Test
  void anAbortThatIsRefusedDoesNotHideWhyItWasTried() {
    good(P0, 0);
    loop.runOnce();
    clock.advance(INTERVAL);
    producer.commitTransactionException = new TimeoutException("no broker");
    producer.abortTransactionException = new IllegalStateException("commit must be retried");
    assertThatThrownBy(loop::runOnce).isInstanceOf(TimeoutException.class).hasMessage("no broker");
  }

  @Test
  void aRegistryThatDoesNotAnswerEndsTheLoopAndCommitsNothing() {
    RegistryStub gone = new RegistryStub();
    RecordDecoder<PromptEvent> blind = gone.serdes().decoder(PromptEvent.class);
    gone.close();
    var reader = new ReplayConsumer();
    producer.close();
    producer = newProducer();
    SliceLoop blindLoop = loop(reader, blind);
    assign(reader);
    reader.addRecord(
        Prompts.record(0, 0, new byte[0], events.serialize(Prompts.TOPIC, Prompts.event("Hello"))));
    assertThatThrownBy(blindLoop::runOnce).isInstanceOf(KafkaException.class);
    assertThat(deadLetters()).isEmpty();
    assertThat(producer.commitCount()).isZero();
  }

  @Test
  void whatARevokedPartitionHoldsIsForgotten() {
    good(P0, 0);
    bad(P0, 1);
    good(P1, 0);
    loop.runOnce();
    consumer.rebalance(List.of(P1));
    clock.advance(INTERVAL);
    loop.runOnce();

    assertThat(slices()).extracting(slice -> slice.getSpan().getPartition()).containsExactly(1);
    assertThat(deadLetters()).isEmpty();
    assertThat(offsets())
        .singleElement()
        .satisfies(commit -> assertThat(commit).containsOnlyKeys(P1));
  }

  @Test
  void whenAllThatWasReadIsRevokedNothingIsCommitted() {
    good(P0, 0);
    loop.runOnce();
    consumer.rebalance(List.of(P1));
    clock.advance(INTERVAL);
    loop.runOnce();
    assertThat(producer.commitCount()).isZero();
    assertThat(producer.sentOffsets()).isFalse();
  }

  @Test
  void aPartitionThatComesBackIsReadAgainWithoutMemory() {
    good(P0, 0);
    good(P0, 1);
    loop.runOnce();
    consumer.rebalance(List.of(P1));
    consumer.rebalance(List.of(P0, P1));
    runAfterInterval();
    assertThat(slices())
        .singleElement()
        .satisfies(
            slice -> {
              assertThat(Runs.decode(slice.getSpan().getRuns())).containsExactly(new Run(0, 1));
              assertThat(slice.getSpan().getAfter()).isEqualTo(-1);
            });
  }

  @Test
  void isReadyOnceItIsAssignedAndClosesItsClients() {
    assertThat(loop.ready()).isTrue();
    assertThat(consumer.subscription()).isEqualTo(Set.of("prompts"));
    loop.close();
    assertThat(consumer.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
    assertThat(idsClosed).isTrue();
  }

  @Test
  void countsWhatItWrites() {
    good(P0, 0);
    bad(P0, 1);
    good(P0, 2);
    good(P1, 0);
    assertThat(metrics.counter("promptferry.slice.commits").count()).isZero();
    runAfterInterval();
    assertThat(metrics.counter("promptferry.slice.commits").count()).isEqualTo(1);
    assertThat(metrics.counter("promptferry.slices.written").count()).isEqualTo(2);
    assertThat(metrics.counter("promptferry.dead.letters.written").count()).isEqualTo(1);
    assertThat(metrics.summary("promptferry.slice.runs").totalAmount()).isEqualTo(3);
    assertThat(metrics.getMeters())
        .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
  }

  @Test
  void aNewPartitionsPositionIsCommittedThoughNothingIsRead() {
    var added = new TopicPartition(Prompts.TOPIC, 2);
    consumer.updateBeginningOffsets(Map.of(added, 5L));
    consumer.rebalance(List.of(P0, P1, added));
    runAfterInterval();
    assertThat(offsets()).containsExactly(Map.of(added, at(5)));
    assertThat(consumer.position(added)).isEqualTo(5);
  }

  @Test
  void aTopicMadeAnewBeforeTheCommitEndsTheLoopAndNothingIsCommitted() {
    good(P0, 0);
    loop.runOnce();
    ids = Map.of(Prompts.TOPIC, "another");
    clock.advance(INTERVAL);
    assertThatThrownBy(loop::runOnce)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("prompts was deleted and made anew");
    assertThat(producer.commitCount()).isZero();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void aTopicMadeAnewIsNoticedThoughNothingIsRead() {
    loop.runOnce();
    ids = Map.of();
    clock.advance(Duration.ofSeconds(29));
    loop.runOnce();
    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(loop::runOnce).hasMessageContaining("prompts was deleted:");
  }

  @Test
  void afterALossToRetentionItGoesOnAndCountsIt() {
    consumer.updateBeginningOffsets(Map.of(P0, 7L));
    consumer.updateEndOffsets(Map.of(P0, 8L));
    good(P0, 7);
    loop.runOnce();
    assertThat(metrics.counter("promptferry.prompts.lost").count()).isEqualTo(7);
    runAfterInterval();
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactly(List.of(new Run(7, 7)));
  }

  @Test
  void deadLettersThatTakeTooMuchMemoryDoNotWaitForTheInterval() {
    for (int offset = 0; offset < 9; offset++) {
      bad(P0, offset);
    }
    loop.runOnce();
    // Each takes a little over 2,000 bytes with its headers.
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(deadLetters()).hasSize(5);
    runAfterInterval();
    assertThat(deadLetters()).hasSize(9);
  }

  @Test
  void aHugeBadPromptIsSetAsideWithoutItsValue() {
    consumer.addRecord(Prompts.record(0, 0, new byte[] {7}, new byte[901]));
    runAfterInterval();
    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isNull();
              assertThat(letter.headers().lastHeader("promptferry-value-bytes").value())
                  .asString()
                  .isEqualTo("901");
            });
  }

  @Test
  void aPatternIsSubscribedTo() {
    var reader = new ReplayConsumer();
    producer = newProducer();
    List.of("team-a", "prompts", "slices")
        .forEach(topic -> reader.updatePartitions(topic, List.of()));
    loop(reader, decoder, new Topics("", List.of("prompts"), "team-.*"));
    assertThat(reader.subscription()).containsExactlyInAnyOrder("team-a", "prompts");
  }

  private void dedup(ReplayConsumer reader) {
    bounds = new SliceBounds(false, 10_000, 900, Duration.ofSeconds(10), 10);
    producer = newProducer();
    loop = loop(reader, decoder);
    reader.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
  }

  private static ConsumerRecord<byte[], byte[]> withId(long offset, String id, int second) {
    PromptEvent event = Prompts.event("Hello");
    event.setId(id);
    return Prompts.record(
        0,
        offset,
        ManualClock.START.plusSeconds(second),
        new byte[0],
        events.serialize(Prompts.TOPIC, event));
  }

  private double repeated() {
    return metrics.counter("promptferry.prompts.repeated").count();
  }

  @Test
  void repetitionsAreNotLookedForUnlessAskedTo() {
    consumer.addRecord(withId(0, "a", 0));
    consumer.addRecord(withId(1, "a", 1));
    runAfterInterval();
    assertThat(consumer.timesAsked).isZero();
    assertThat(timesMarked).isZero();
    assertThat(repeated()).isZero();
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(2);
  }

  @Test
  void aRepetitionIsDroppedAndEndsARun() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.commitSync(Map.of(P0, at(0)));
    reader.rebalance(List.of(P0));
    reader.addRecord(withId(0, "a", 0));
    reader.addRecord(withId(1, "a", 9));
    reader.addRecord(withId(2, "", 9));
    reader.addRecord(withId(3, "", 9));
    runAfterInterval();
    assertThat(repeated()).isEqualTo(1);
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactly(List.of(new Run(0, 0), new Run(2, 3)));
    assertThat(offsets()).containsExactly(Map.of(P0, new OffsetAndMetadata(4, Optional.of(4), ID)));
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void aRepetitionAfterACrashIsDroppedToo() {
    var reader = new ReplayConsumer();
    dedup(reader);
    for (int i = 0; i < 3; i++) {
      reader.addRecord(withId(i, "a" + i, i));
    }
    reader.addRecord(withId(3, "a1", 11));
    reader.addRecord(withId(4, "a2", 11));
    reader.addRecord(withId(5, "a2", 20));
    // Another life sliced the first three; its offset is still to be stamped with the topic's id.
    slicedBefore = List.of(new Run(0, 2));
    reader.commitSync(Map.of(P0, new OffsetAndMetadata(3)));
    reader.rebalance(List.of(P0));
    clock.advance(INTERVAL);
    for (int i = 0; i < 4; i++) {
      runAfterInterval();
    }
    // a1 is ten seconds old just then and no more known; a2 only at its third coming.
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactly(List.of(new Run(3, 3), new Run(5, 5)));
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isEqualTo(2);
    assertThat(repeated()).isEqualTo(1);
    assertThat(offsets())
        .last()
        .isEqualTo(Map.of(P0, new OffsetAndMetadata(6, Optional.of(4), ID)));
    // What was only looked at to go back from it is not committed.
    assertThat(offsets().get(0)).isEqualTo(Map.of(P0, at(3)));
  }

  @Test
  void aPartitionThatComesBackKnowsItsIdsAgain() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.commitSync(Map.of(P0, at(0), P1, at(0)));
    reader.rebalance(List.of(P0, P1));
    reader.addRecord(withId(0, "a", 0));
    runAfterInterval();
    reader.rebalance(List.of(P1));
    reader.commitSync(Map.of(P0, at(1)));
    reader.rebalance(List.of(P0, P1));
    reader.addRecord(withId(1, "a", 1));
    runAfterInterval();
    runAfterInterval();
    assertThat(repeated()).isEqualTo(1);
    assertThat(reader.timesAsked).isEqualTo(2);
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(1);
  }

  @Test
  void whatWasRejectedIsNoFirstOfARepetition() {
    var reader = new ReplayConsumer();
    dedup(reader);
    PromptEvent empty = Prompts.event("");
    empty.setId("a");
    byte[] value = events.serialize(Prompts.TOPIC, empty);
    reader.addRecord(Prompts.record(0, 0, ManualClock.START, new byte[0], value));
    reader.addRecord(withId(1, "a", 1));
    reader.commitSync(Map.of(P0, at(0)));
    reader.rebalance(List.of(P0));
    runAfterInterval();
    assertThat(deadLetters()).hasSize(1);
    assertThat(repeated()).isZero();
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(1);
  }

  /** By rules that have changed since, as when a model was put on the allow-list. */
  @Test
  void whatWasRejectedBeforeARestartMayBeSentAgain() {
    var reader = new ReplayConsumer();
    dedup(reader);
    slicedBefore = List.of(new Run(1, 1));
    reader.addRecord(withId(0, "a", 0));
    reader.addRecord(withId(1, "b", 0));
    reader.addRecord(withId(2, "a", 1));
    reader.addRecord(withId(3, "b", 1));
    reader.commitSync(Map.of(P0, at(2)));
    reader.rebalance(List.of(P0));
    for (int i = 0; i < 3; i++) {
      runAfterInterval();
    }
    assertThat(repeated()).isEqualTo(1);
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactly(List.of(new Run(2, 2)));
  }

  /** As after slice.first.position=latest, or offsets that were set by hand. */
  @Test
  void whatWasPassedOverIsNoFirstOfARepetition() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.addRecord(withId(0, "a", 0));
    reader.addRecord(withId(1, "a", 1));
    reader.commitSync(Map.of(P0, at(1)));
    reader.rebalance(List.of(P0));
    for (int i = 0; i < 3; i++) {
      runAfterInterval();
    }
    assertThat(repeated()).isZero();
    assertThat(slices())
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactly(List.of(new Run(1, 1)));
  }

  @Test
  void aRepetitionWhoseDeadlineHasPassedIsDroppedAndNotRefused() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.commitSync(Map.of(P0, at(0)));
    reader.rebalance(List.of(P0));
    PromptEvent late = Prompts.event("Hello");
    late.setId("a");
    late.setDeadline(clock.instant().plusMillis(1));
    byte[] value = events.serialize(Prompts.TOPIC, late);
    reader.addRecord(Prompts.record(0, 0, ManualClock.START, new byte[0], value));
    runAfterInterval();
    reader.addRecord(Prompts.record(0, 1, ManualClock.START, new byte[0], value));
    late.setId("b");
    value = events.serialize(Prompts.TOPIC, late);
    reader.addRecord(Prompts.record(0, 2, ManualClock.START, new byte[0], value));
    runAfterInterval();
    assertThat(repeated()).isEqualTo(1);
    assertThat(deadLetters()).hasSize(1);
    assertThat(slices()).extracting(slice -> slice.getSpan().getCount()).containsExactly(1);
  }

  @Test
  void aRepetitionIsNamedByItsCoordinatesAtDebug() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.commitSync(Map.of(P0, at(0)));
    reader.rebalance(List.of(P0));
    reader.addRecord(withId(7, "secret-1", 0));
    reader.addRecord(withId(8, "secret-1", 1));
    var logger = (Logger) LoggerFactory.getLogger(SliceLoop.class);
    var lines = new ListAppender<ILoggingEvent>();
    Level before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
    try {
      loop.runOnce();
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
        .containsExactly(tuple(Level.DEBUG, "prompts-0-8 repeats a prompt and is dropped"));
  }

  @Test
  void idsThatAreForgottenWithinTheWindowAreCountedOnce() {
    var reader = new ReplayConsumer();
    dedup(reader);
    reader.commitSync(Map.of(P0, at(0)));
    reader.rebalance(List.of(P0));
    for (int offset = 0; offset < 14; offset++) {
      reader.addRecord(withId(offset, "a" + offset, 0));
    }
    runAfterInterval();
    assertThat(forgotten()).isEqualTo(4);
    reader.rebalance(List.of());
    reader.commitSync(Map.of(P0, at(14)));
    reader.rebalance(List.of(P0));
    reader.addRecord(withId(14, "a3", 1));
    reader.addRecord(withId(15, "a5", 1));
    for (int i = 0; i < 3; i++) {
      runAfterInterval();
    }
    assertThat(reader.position(P0)).isEqualTo(16);
    assertThat(repeated()).as("a5, but not a3").isEqualTo(1);
    assertThat(forgotten()).as("a4, for a3").isEqualTo(5);
  }

  private double forgotten() {
    return metrics.counter("promptferry.dedup.ids.forgotten").count();
  }

  private static Stream<Double> values(Meter meter) {
    return StreamSupport.stream(meter.measure().spliterator(), false).map(Measurement::getValue);
  }
}
