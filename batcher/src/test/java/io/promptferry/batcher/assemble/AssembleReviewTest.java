package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slices that are parked when the assembler starts again, with another schedule or the same. */
class AssembleReviewTest {

  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
  private static final Instant NIGHT = Instant.parse("2026-05-02T02:00:00Z");
  private static final Duration LINGER = Duration.ofMinutes(5);
  private static final String NIGHTLY = "0 2 * * *";
  private static final String MONTHLY = "0 2 31 * *";

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static AssembleTopology.RecordSerdes serdes;

  private final KeyValueStore<String, OpenBatch> batches =
      store(AssembleTopology.BATCHES, serdes.openBatch());
  private final KeyValueStore<String, Slice> slices =
      store(AssembleTopology.SLICES, serdes.slice());
  private final KeyValueStore<String, Slice> parked =
      store(AssembleTopology.PARKED, serdes.slice());

  @SuppressWarnings("NullAway.Init") // Each test starts at least one.
  private MockProcessorContext<String, Batch> context;

  private SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Instant now = NOON;
  private int read;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    serdes = AssemblerDriver.serdes(registry.serdes());
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  private static <V> KeyValueStore<String, V> store(String name, Serde<V> values) {
    KeyValueStore<String, V> store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
            .withLoggingDisabled()
            .build();
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
    return store;
  }

  /** An assembler over what the one before left in the stores. */
  private Assembler start(Map<String, String> policies) {
    var all = new HashMap<>(policies);
    all.put("batch.linger.ms", "" + LINGER.toMillis());
    meters = new SimpleMeterRegistry();
    context = new MockProcessorContext<>();
    context.setCurrentSystemTimeMs(now.toEpochMilli());
    List.of(batches, slices, parked).forEach(context::addStateStore);
    var assembler =
        new Assembler(
            Policies.from(all),
            Duration.ofSeconds(1),
            new BatchIds(new Random(1)),
            new AssembleMetrics(meters));
    assembler.init(context);
    return assembler;
  }

  private Assembler start(String cron) {
    return start(Map.of("batch.schedule.cron", cron));
  }

  private void read(Assembler assembler, Slice.Builder slice) {
    context.setCurrentSystemTimeMs(now.toEpochMilli());
    context.setRecordMetadata("slices", 0, read++);
    assembler.process(new Record<>("lane", slice.build(), now.toEpochMilli()));
  }

  private void park(String cron, Slice.Builder... slices) {
    Assembler assembler = start(cron);
    for (Slice.Builder slice : slices) {
      read(assembler, slice);
    }
    assertThat(parked()).hasSize(slices.length);
  }

  private static Slice.Builder flash(long first, int count) {
    return Slices.of(Slices.FLASH, first, count);
  }

  private void tickAt(Instant moment) {
    now = moment;
    context.setCurrentSystemTimeMs(now.toEpochMilli());
    for (var scheduled : List.copyOf(context.scheduledPunctuators())) {
      if (!scheduled.cancelled()) {
        scheduled.getPunctuator().punctuate(now.toEpochMilli());
      }
    }
  }

  private List<String> parked() {
    var keys = new ArrayList<String>();
    try (KeyValueIterator<String, Slice> all = parked.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  /** The batches of the last start. */
  private List<Batch> sealed() {
    return context.forwarded().stream().<Batch>map(forward -> forward.record().value()).toList();
  }

  @Test
  void whatAScheduleHeldBackGoesOnceItIsRemoved() {
    park(MONTHLY, flash(0, 10), flash(10, 10));
    now = NOON.plus(Duration.ofDays(3));
    start("");
    tickAt(now);
    assertThat(parked()).isEmpty();
    tickAt(now.plus(LINGER));
    assertThat(sealed())
        .singleElement()
        .satisfies(batch -> assertThat(batch.getCount()).isEqualTo(20))
        .satisfies(batch -> assertThat(batch.getSealReason()).isEqualTo(SealReason.LINGER));
  }

  @Test
  void whatWasToWaitForTheWrongMomentWaitsForTheRightOne() {
    park(MONTHLY, flash(0, 10));
    now = NOON.plusSeconds(60);
    start(NIGHTLY);
    tickAt(now);
    assertThat(sealed()).isEmpty();
    tickAt(NIGHT.minusSeconds(1));
    assertThat(parked()).hasSize(1);
    tickAt(NIGHT);
    assertThat(sealed()).extracting(Batch::getSealReason).containsExactly(SealReason.SCHEDULE);
  }

  /** Else a change at noon would send by day what is to be sent at night. */
  @Test
  void aMomentThatPassedUnderAnotherScheduleDoesNotCount() {
    park(MONTHLY, flash(0, 10));
    now = NOON.plus(Duration.ofDays(3));
    start(NIGHTLY);
    tickAt(now);
    assertThat(sealed()).isEmpty();
    tickAt(NIGHT.plus(Duration.ofDays(3)));
    assertThat(sealed()).hasSize(1);
  }

  @Test
  void whatIsToGoLaterThanItWasIsKept() {
    park(NIGHTLY, flash(0, 10));
    now = NIGHT.minusSeconds(60);
    start(MONTHLY);
    tickAt(now);
    tickAt(NIGHT);
    assertThat(sealed()).isEmpty();
    tickAt(Instant.parse("2026-05-31T02:00:00Z"));
    assertThat(sealed()).hasSize(1);
  }

  @Test
  void underTheSameScheduleEachKeepsItsMomentAlsoOneThatPassedMeanwhile() {
    park(
        NIGHTLY,
        flash(0, 10),
        flash(10, 10).setNotBefore(NOON.plusSeconds(90)),
        flash(20, 10).setDeadline(NIGHT.minusSeconds(60)));
    List<String> before = parked();
    now = NOON.plusSeconds(30);
    start(NIGHTLY);
    tickAt(now);
    assertThat(parked()).isEqualTo(before);
    now = NIGHT.plusSeconds(30);
    start(NIGHTLY);
    tickAt(now);
    assertThat(parked()).isEmpty();
    assertThat(sealed()).extracting(Batch::getCount).containsExactly(30);
  }

  @Test
  void aRetryKeepsItsOwnTimeWhenTheScheduleIsRemoved() {
    park(MONTHLY, flash(0, 10).setNotBefore(NOON.plus(Duration.ofHours(1))));
    start("");
    tickAt(NOON.plusSeconds(1));
    tickAt(NOON.plus(Duration.ofHours(1)).minusMillis(1));
    assertThat(parked()).hasSize(1);
    tickAt(NOON.plus(Duration.ofHours(1)));
    assertThat(parked()).isEmpty();
  }

  @Test
  void aRetryThatWaitsForItsWindowGoesOnceRetriesAreExempt() {
    park(MONTHLY, flash(0, 10).setNotBefore(NOON.plusSeconds(1)));
    tickAt(NOON.plusSeconds(1));
    assertThat(parked()).hasSize(1);
    start("");
    tickAt(NOON.plusSeconds(2));
    assertThat(parked()).isEmpty();
  }

  @Test
  void thousandsAreLookedAtTickByTick() {
    Assembler assembler = start(MONTHLY);
    int more = 7;
    for (int i = 0; i < ParkedSlices.RELEASED_AT_ONCE + more; i++) {
      read(assembler, flash(i, 1));
    }
    start(NIGHTLY);
    tickAt(NOON.plusSeconds(1));
    assertThat(parked())
        .filteredOn(key -> key.startsWith("%019d".formatted(NIGHT.toEpochMilli())))
        .hasSize(ParkedSlices.RELEASED_AT_ONCE);
    tickAt(NOON.plusSeconds(2));
    assertThat(parked()).allMatch(key -> key.startsWith("%019d".formatted(NIGHT.toEpochMilli())));
  }

  @Test
  void theAgeIsKeptOverARestartAndANewMoment() {
    park(MONTHLY, flash(0, 10));
    now = NOON.plus(Duration.ofDays(1));
    start(NIGHTLY);
    tickAt(now);
    assertThat(meters.get("promptferry.prompts.oldest.age").tags("stage", "parked").gauge().value())
        .isEqualTo(86_400.0);
  }

  @Test
  void whatAVersionBeforeParkedHasTheMomentOfItsKey() {
    parked.put("%019d/%019d".formatted(NIGHT.toEpochMilli(), 3), flash(0, 10).build());
    start(NIGHTLY);
    tickAt(NIGHT.minusSeconds(1));
    assertThat(sealed()).isEmpty();
    tickAt(NIGHT);
    assertThat(sealed()).hasSize(1);
    assertThat(parked()).isEmpty();
  }
}
