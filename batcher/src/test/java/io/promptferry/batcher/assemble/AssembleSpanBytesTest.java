package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.Seeds;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.batcher.slice.LoggedPrompts;
import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.SpanBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many bytes of spans a batch takes: no more than it may, and not fewer than it could. */
class AssembleSpanBytesTest {

  private static final int SPAN_BYTES = 16 * 1024;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  private static BatchLimits limits(int requests, int spanBytes) {
    return new BatchLimits(
        requests, 1L << 40, 1L << 40, spanBytes, Duration.ofHours(1), Duration.ZERO);
  }

  private AssemblerDriver driver(BatchLimits limits) {
    return new AssemblerDriver(
        Policies.of(limits),
        AssemblerDriver.serdes(registry.serdes()),
        stateDir,
        1,
        ManualClock.START);
  }

  /** Counted one by one, the slices would take 30 times what the spans of a batch may. */
  @ParameterizedTest(name = "of {0} partitions")
  @ValueSource(ints = {1, 5})
  void thousandsOfSlicesThatFollowEachOtherAreAFullBatch(int partitions) {
    Instant deadline = ManualClock.START.plus(Duration.ofDays(1));
    try (var driver = driver(limits(5_000, SPAN_BYTES))) {
      for (int i = 0; i < 5_000; i++) {
        int offset = i / partitions;
        driver.add(
            Slices.of(Slices.FLASH, 0, 1)
                .setSpan(Slices.span(i % partitions, offset, offset))
                .setDeadline(i == 0 ? deadline : null)
                .setRootBatchId("b0")
                .setDepth(2));
      }

      List<Batch> batches = driver.sealed();
      assertThat(batches).hasSize(1);
      Batch batch = batches.get(0);
      assertThat(batch.getSealReason()).isEqualTo(SealReason.REQUESTS);
      assertThat(batch.getCount()).isEqualTo(5_000);
      assertThat(batch.getBytes()).isEqualTo(50_000);
      assertThat(batch.getTokens()).isEqualTo(5_000);
      assertThat(batch.getDeadline()).isEqualTo(deadline);
      assertThat(batch.getLane()).isEqualTo(Slices.FLASH);
      assertThat(batch.getRootBatchId()).isEqualTo("b0");
      assertThat(batch.getDepth()).isEqualTo(2);
      assertThat(batch.getSpans()).hasSize(partitions);
      assertThat(batch.getSpans())
          .allSatisfy(
              span ->
                  assertThat(Runs.decode(span.getRuns()))
                      .containsExactly(new Run(0, 5_000 / partitions - 1)));
      assertThat(driver.stored()).isZero();
    }
  }

  /** Ten lanes take turns at random in a partition, so that most runs are a prompt or two. */
  @Test
  void manyInterleavedLanesAreClosedByTheirSpans() throws IOException {
    BatchLimits limits = limits(1_000_000, SPAN_BYTES);
    var random = new Random(3);
    var slicer = new LoggedPrompts(0, Policies.of(limits));
    try (var driver = driver(limits)) {
      for (long offset = 0; offset < 160_000; offset++) {
        var tenant = Map.of("tenant", "t" + random.nextInt(10));
        slicer.add(offset, new Lane("flash", "default", LaneKind.NORMAL, tenant), 1, 1, null);
        if (offset % 1_000 == 999) {
          slicer.slices().forEach(driver::add);
        }
      }

      List<Batch> batches = driver.sealed();
      assertThat(batches).hasSizeGreaterThanOrEqualTo(10);
      for (Batch batch : batches) {
        assertThat(batch.getSealReason()).isEqualTo(SealReason.SPAN_BYTES);
        assertThat(real(batch)).isBetween(SPAN_BYTES * 3 / 4, SPAN_BYTES);
      }
    }
  }

  @Test
  void theRetriesOfManyBatchesAreClosedByTheirSpans() throws IOException {
    try (var driver = driver(limits(1_000_000, SPAN_BYTES))) {
      for (int i = 0; i < 200; i++) {
        Span retried = Slices.span(0, i, i);
        retried.setAttempt(2);
        retried.setHistory(List.of(new Attempt("b" + i, "batches/" + i, "NO_RESULT", 13)));
        driver.add(Slices.of(Slices.FLASH, 0, 1).setSpan(retried));
      }

      List<Batch> batches = driver.sealed();
      assertThat(batches).hasSize(1);
      assertThat(batches.get(0).getSealReason()).isEqualTo(SealReason.SPAN_BYTES);
      assertThat(batches.get(0).getSpans()).hasSize(batches.get(0).getCount());
      assertThat(real(batches.get(0))).isBetween(SPAN_BYTES / 3, SPAN_BYTES);
    }
  }

  @Test
  void whatSlicesHoldTwiceIsReportedOnceThoughTheyAreMergedTwice() {
    try (var driver = driver(limits(1_000, 1_024))) {
      driver.add(Slices.of(Slices.FLASH, 0, 1));
      for (int i = 0; i < 999; i++) {
        driver.add(Slices.of(Slices.FLASH, i, 1));
      }

      assertThat(driver.sealed())
          .singleElement()
          .satisfies(
              batch -> {
                assertThat(batch.getCount()).isEqualTo(1_000);
                assertThat(Runs.decode(batch.getSpans().get(0).getRuns()))
                    .containsExactly(new Run(0, 998));
              });
      assertThat(driver.meters.get("promptferry.slice.overlaps").counter().count()).isEqualTo(1);
    }
  }

  static LongStream seeds() {
    return Seeds.orGiven(LongStream.rangeClosed(1, 25));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noBatchTakesMoreThanItMayAndFewLessThanTheyCould(long seed) {
    Seeds.run(seed, () -> runCase(new Random(seed)));
  }

  private void runCase(Random random) throws IOException {
    int most = 1_024 + random.nextInt(6_000);
    List<Slice> slices = slices(random, most / 20);
    int largest = slices.stream().mapToInt(SealRules::spanBytes).max().orElseThrow();
    List<Batch> batches;
    try (var driver = driver(limits(100_000, most))) {
      slices.forEach(driver::add);
      driver.pass(Duration.ofHours(1));
      batches = driver.sealed();
    }

    assertThat(batches.stream().flatMap(batch -> prompts(batch.getSpans())))
        .containsExactlyInAnyOrderElementsOf(
            prompts(slices.stream().map(Slice::getSpan).toList()).toList());
    assertThat(batches).extracting(Batch::getSealReason).contains(SealReason.SPAN_BYTES);
    for (Batch batch : batches) {
      assertThat(prompts(batch.getSpans())).hasSize(batch.getCount());
      assertThat(real(batch)).isLessThanOrEqualTo(most);
      if (batch.getSealReason() == SealReason.SPAN_BYTES) {
        assertThat(bound(batch)).isGreaterThan(Math.min(most * 3 / 4, most - largest));
      }
    }
  }

  /** Of four partitions and three attempts, from large offsets on, not all in order. */
  private static List<Slice> slices(Random random, int runBytes) {
    var slices = new ArrayList<Slice>();
    long[] ends = random.longs(4, 0, 1L << random.nextInt(1, 60)).toArray();
    for (int i = 0; i < 600; i++) {
      int partition = random.nextInt(ends.length);
      // Records of other lanes stand between, often or seldom.
      boolean broken = partition % 2 == 0;
      int often = broken ? 2 : 40;
      long end = ends[partition] + (random.nextInt(often) == 0 ? 300 : 0);
      var span = new SpanBuilder("prompts", "topic-id", partition, end);
      for (int run = broken ? random.nextInt(runBytes / 11) : 0; run >= 0; run--) {
        for (int prompt = random.nextInt(4); prompt >= 0; prompt--) {
          span.add(end + 1, end);
          end++;
        }
        end += run > 0 ? 1 + random.nextInt(300) : 0;
      }
      ends[partition] = end;
      int attempt = random.nextInt(10) == 0 ? 2 + random.nextInt(2) : 1;
      Span built = span.build();
      built.setAttempt(attempt);
      built.setHistory(
          Stream.iterate(1, it -> it < attempt, it -> it + 1)
              .map(it -> new Attempt("b" + it, null, "NO_RESULT", null))
              .toList());
      slices.add(random.nextInt(20) == 0 ? slices.size() / 2 : slices.size(), slice(built));
    }
    return slices;
  }

  private static Slice slice(Span span) {
    return Slices.of(Slices.FLASH, 0, 1).setSpan(span).build();
  }

  private static Stream<String> prompts(List<Span> spans) {
    return spans.stream()
        .flatMap(
            span ->
                Runs.decode(span.getRuns()).stream()
                    .flatMapToLong(run -> LongStream.rangeClosed(run.first(), run.last()))
                    .mapToObj(at -> span.getPartition() + "/" + span.getAttempt() + "/" + at));
  }

  private static int real(Batch batch) throws IOException {
    int bytes = 0;
    for (Span span : batch.getSpans()) {
      bytes += SealRulesTest.encoded(span);
    }
    return bytes;
  }

  private static int bound(Batch batch) {
    return batch.getSpans().stream().mapToInt(it -> SealRules.spanBytes(slice(it))).sum();
  }
}
