package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.Seeds;
import io.promptferry.batcher.slice.LoggedPrompts;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Lanes;
import io.promptferry.spans.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The assembler dies between any two commits and goes on from the last one, as Streams restores it:
 * with the stores, the position and the output of that moment. Each prompt is in one batch. Were a
 * commit done in two steps, in whatever order, a death between them would be seen.
 */
class AssembleCrashTest {

  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final int CASES = 200;
  private static final int WRONG_CASES = 50;

  /** In which order a commit writes; only the first is right. */
  private enum Commit {
    ALL_AT_ONCE,
    OUTPUT_FIRST,
    STORES_FIRST,
    POSITION_FIRST;

    /** What a death in the middle of it leaves. */
    Checkpoint half(Checkpoint old, Checkpoint next) {
      return switch (this) {
        case ALL_AT_ONCE -> old;
        case OUTPUT_FIRST ->
            new Checkpoint(
                old.batches(), old.slices(), old.parked(), old.position(), next.output());
        case STORES_FIRST ->
            new Checkpoint(
                next.batches(), next.slices(), next.parked(), old.position(), old.output());
        case POSITION_FIRST ->
            new Checkpoint(
                old.batches(), old.slices(), old.parked(), next.position(), old.output());
      };
    }
  }

  /** When the assembler dies. */
  private enum Death {
    BETWEEN_COMMITS,
    ALSO_WITHIN_ONE
  }

  /** What a restart finds. */
  private record Checkpoint(
      Map<String, OpenBatch> batches,
      Map<String, Slice> slices,
      Map<String, Slice> parked,
      int position,
      List<Batch> output) {}

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static AssembleTopology.RecordSerdes serdes;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    serdes = AssemblerDriver.serdes(registry.serdes());
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  static LongStream seeds() {
    return Seeds.orGiven(new Random(31_012_026).longs(CASES));
  }

  private static LongStream seedsOfWrongOrders() {
    return new Random(20_260_131).longs(WRONG_CASES);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void eachPromptIsInOneBatchThoughTheAssemblerDies(long seed) {
    Seeds.run(seed, new Case(seed, Commit.ALL_AT_ONCE, Death.ALSO_WITHIN_ONE)::run);
  }

  /** Without this, the test above could pass because it sees nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALL_AT_ONCE")
  void aCommitInTwoStepsIsCaught(Commit commit) {
    assertThat(seedsOfWrongOrders().filter(seed -> fails(seed, commit)).count())
        .isGreaterThan(WRONG_CASES / 2);
  }

  private static boolean fails(long seed, Commit commit) {
    try {
      new Case(seed, commit, Death.ALSO_WITHIN_ONE).run();
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  /** Without this, the test above could pass because a case with two steps always fails. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALL_AT_ONCE")
  void aCommitInTwoStepsThatAreBothDoneIsNot(Commit commit) {
    seedsOfWrongOrders()
        .forEach(seed -> Seeds.run(seed, new Case(seed, commit, Death.BETWEEN_COMMITS)::run));
  }

  /** One run with one seed. */
  private static final class Case {

    private final Random random;
    private final Commit commit;
    private final Death death;
    private final RandomPolicies policies;
    private final List<Slice> log = new ArrayList<>();

    /** The lane of each prompt of the partition, by offset. */
    private final TreeMap<Long, Lane> prompts = new TreeMap<>();

    private final LoggedPrompts slicer;
    private Instant now = START;
    private long end;
    private Checkpoint committed = new Checkpoint(Map.of(), Map.of(), Map.of(), 0, List.of());
    private Life life;

    Case(long seed, Commit commit, Death death) {
      this.random = new Random(seed);
      this.commit = commit;
      this.death = death;
      this.policies = new RandomPolicies(random);
      this.slicer = new LoggedPrompts(0, policies.policies);
      this.life = new Life(committed);
    }

    void run() {
      for (int i = 0; i < 60; i++) {
        switch (random.nextInt(8)) {
          case 0, 1 -> publish();
          case 2, 3, 4 -> life.read();
          case 5 -> life.tick();
          case 6 -> commit();
          default -> die();
        }
        now = now.plusSeconds(random.nextInt(120));
      }
      // Longer than any slice may have to wait: an hour for its window, and the linger; in steps
      // that are shorter than any window.
      for (int i = 0; i < 160; i++) {
        life.read();
        life.tick();
        commit();
        now = now.plusSeconds(40);
      }
      check();
    }

    private void publish() {
      for (int i = random.nextInt(40); i >= 0; i--) {
        end += 1 + random.nextInt(2);
        Lane lane = policies.lanes.get(random.nextInt(policies.lanes.size()));
        slicer.add(end, lane, 1 + random.nextInt(60), 1 + random.nextInt(5), null);
        prompts.put(end, lane);
      }
      log.addAll(slicer.slices());
    }

    private void commit() {
      Checkpoint next = life.checkpoint();
      if (death == Death.ALSO_WITHIN_ONE && random.nextInt(8) == 0) {
        committed = commit.half(committed, next);
        die();
      } else {
        committed = next;
      }
    }

    private void die() {
      life = new Life(committed);
    }

    private void check() {
      assertThat(committed.position()).isEqualTo(log.size());
      assertThat(committed.output().stream().flatMap(this::prompts))
          .containsExactlyInAnyOrderElementsOf(
              prompts.entrySet().stream().map(it -> name(it.getValue(), it.getKey())).toList());
      assertThat(committed.batches()).isEmpty();
      assertThat(committed.slices()).isEmpty();
      assertThat(committed.parked()).isEmpty();
    }

    /** What a reader of the log finds in a batch, of its own lane or not. */
    private Stream<String> prompts(Batch batch) {
      List<String> found =
          batch.getSpans().stream()
              .flatMap(span -> Runs.decode(span.getRuns()).stream())
              .flatMap(run -> prompts.subMap(run.first(), true, run.last(), true).keySet().stream())
              .map(offset -> name(batch.getLane(), offset))
              .toList();
      // Where it took slices twice, its count tells.
      assertThat(found).hasSize(batch.getCount());
      return found.stream();
    }

    private static String name(Lane lane, long offset) {
      return Lanes.name(lane) + "/" + offset;
    }

    /** The assembler from a start to its end. */
    private final class Life {

      private final MockProcessorContext<String, Batch> context = new MockProcessorContext<>();
      private final KeyValueStore<String, OpenBatch> batches;
      private final KeyValueStore<String, Slice> slices;
      private final KeyValueStore<String, Slice> parked;
      private final Assembler assembler;
      private final List<Batch> before;
      private int position;

      Life(Checkpoint from) {
        context.setCurrentSystemTimeMs(now.toEpochMilli());
        batches = store(AssembleTopology.BATCHES, serdes.openBatch(), from.batches());
        slices = store(AssembleTopology.SLICES, serdes.slice(), from.slices());
        parked = store(AssembleTopology.PARKED, serdes.slice(), from.parked());
        before = from.output();
        position = from.position();
        assembler =
            new Assembler(
                policies.policies,
                Duration.ofSeconds(1),
                new BatchIds(random),
                new AssembleMetrics(new SimpleMeterRegistry()));
        assembler.init(context);
      }

      private <V> KeyValueStore<String, V> store(
          String name, Serde<V> values, Map<String, V> content) {
        KeyValueStore<String, V> store =
            Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        content.forEach(store::put);
        context.addStateStore(store);
        return store;
      }

      void read() {
        for (int i = random.nextInt(12); i >= 0 && position < log.size(); i--) {
          Slice slice = log.get(position);
          context.setCurrentSystemTimeMs(now.toEpochMilli());
          context.setRecordMetadata("slices", 0, position);
          assembler.process(new Record<>(Lanes.name(slice.getLane()), slice, now.toEpochMilli()));
          position++;
        }
      }

      void tick() {
        context.setCurrentSystemTimeMs(now.toEpochMilli());
        for (var scheduled : List.copyOf(context.scheduledPunctuators())) {
          if (!scheduled.cancelled()) {
            scheduled.getPunctuator().punctuate(now.toEpochMilli());
          }
        }
      }

      Checkpoint checkpoint() {
        var output = new ArrayList<>(before);
        context.forwarded().forEach(forward -> output.add(forward.record().value()));
        return new Checkpoint(
            content(batches), content(slices), content(parked), position, List.copyOf(output));
      }

      private static <V> Map<String, V> content(KeyValueStore<String, V> store) {
        var content = new LinkedHashMap<String, V>();
        try (KeyValueIterator<String, V> all = store.all()) {
          all.forEachRemaining(entry -> content.put(entry.key, entry.value));
        }
        return content;
      }
    }
  }
}
