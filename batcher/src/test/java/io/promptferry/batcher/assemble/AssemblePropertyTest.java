package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.assemble.RandomPolicies.Hourly;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.slice.LoggedPrompts;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random prompts of lanes with random policies, sliced by the slicer, through the topology. The
 * seed stands in the name of the test.
 */
class AssemblePropertyTest {

  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration STEP = Duration.ofSeconds(20);
  private static final int PARTITIONS = 3;

  /** A prompt and what became known about it on its way. */
  private record Prompt(Lane lane, int partition, long offset) {}

  /** When a slice came and what it asked for. */
  private record Sent(Instant came, Slice slice) {
    /** From when on moments of its lane's schedule counted for it. */
    Instant since() {
      Instant notBefore = slice.getNotBefore();
      return notBefore != null && notBefore.isAfter(came) ? notBefore.minusMillis(1) : came;
    }
  }

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static RegistryStub registry;

  private final TreeSet<Instant> ticks = new TreeSet<>();
  private final Map<Prompt, Sent> sent = new HashMap<>();

  /** The prompts of each partition by offset. */
  private final Map<Integer, TreeMap<Long, Prompt>> log = new HashMap<>();

  @SuppressWarnings("NullAway.Init") // Each test makes its own.
  private RandomPolicies policies;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyPromptLandsInOneBatchAndEveryRuleHolds(long seed, @TempDir Path stateDir)
      throws IOException {
    var random = new Random(seed);
    policies = new RandomPolicies(random);
    boolean small = random.nextInt(3) > 0;
    List<Batch> batches;
    try (var driver =
        new AssemblerDriver(
            policies.policies, AssemblerDriver.serdes(registry.serdes()), stateDir, seed, START)) {
      run(driver, random, small);
      batches = driver.sealed();
      assertThat(driver.stored()).isZero();
    }

    assertThat(batches).extracting(Batch::getBatchId).doesNotHaveDuplicates();
    List<Prompt> landed = batches.stream().flatMap(this::prompts).toList();
    assertThat(Set.copyOf(landed)).isEqualTo(sent.keySet());
    assertThat(landed).hasSameSizeAs(sent.keySet());
    for (Batch batch : batches) {
      BatchLimits limits = policies.policies.of(batch.getLane()).limits();
      checkLimits(batch, limits);
      checkTimes(batch, limits);
      if (small) {
        checkFill(batch, limits);
      }
    }
  }

  private void run(AssemblerDriver driver, Random random, boolean small) {
    var slicers = new ArrayList<LoggedPrompts>();
    long[] ends = new long[PARTITIONS];
    for (int i = 0; i < PARTITIONS; i++) {
      slicers.add(new LoggedPrompts(i, policies.policies));
      log.put(i, new TreeMap<>());
    }
    for (int i = 0; i < 40; i++) {
      int partition = random.nextInt(PARTITIONS);
      int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 150 : 30);
      for (int j = 0; j < count; j++) {
        ends[partition] += random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1; // or a marker
        prompt(slicers.get(partition), partition, ends[partition], driver.now(), random, small);
      }
      for (Slice slice : slicers.get(partition).slices()) {
        send(driver, random, slice);
      }
      if (random.nextInt(3) == 0) {
        boolean pause = random.nextInt(20) == 0;
        pass(driver, pause ? Duration.ofMinutes(random.nextInt(90)) : STEP);
      }
    }
    // As long as a slice may have to wait: for its own time, for its window, and for the linger.
    Instant end = driver.now().plus(Duration.ofMinutes(40 + 60 + 11));
    while (driver.now().isBefore(end)) {
      pass(driver, STEP.multipliedBy(3));
    }
  }

  private void prompt(
      LoggedPrompts slicer, int partition, long offset, Instant now, Random random, boolean small) {
    Lane lane = policies.lanes.get(random.nextInt(policies.lanes.size()));
    BatchLimits limits = policies.policies.of(lane).limits();
    boolean large = !small && random.nextInt(8) == 0;
    int bytes = 1 + random.nextInt((int) (large ? limits.bytes() : limits.sliceBytes()));
    int tokens = 1 + random.nextInt((int) (large ? limits.tokens() : limits.sliceTokens()));
    Instant deadline = random.nextInt(200) == 0 ? now.plusSeconds(random.nextInt(9_000)) : null;
    slicer.add(offset, lane, bytes, tokens, deadline);
    Objects.requireNonNull(log.get(partition)).put(offset, new Prompt(lane, partition, offset));
  }

  private void send(AssemblerDriver driver, Random random, Slice made) {
    Instant notBefore =
        random.nextInt(6) == 0 ? driver.now().plusSeconds(random.nextInt(40 * 60)) : null;
    Slice slice =
        Slice.newBuilder(made)
            .setNotBefore(notBefore)
            .setSealAtOnce(random.nextInt(40) == 0)
            .build();
    // Some were written a while before they are read.
    Instant came = driver.now().minusSeconds(random.nextInt(5) == 0 ? random.nextInt(900) : 0);
    prompts(slice.getSpan(), slice.getLane())
        .forEach(prompt -> sent.put(prompt, new Sent(came, slice)));
    driver.add(slice, came);
  }

  private void pass(AssemblerDriver driver, Duration time) {
    driver.pass(time);
    ticks.add(driver.now());
  }

  private static void checkLimits(Batch batch, BatchLimits limits) throws IOException {
    assertThat(batch.getCount()).isBetween(1, limits.requests());
    assertThat(batch.getBytes()).isLessThanOrEqualTo(limits.bytes());
    assertThat(batch.getTokens()).isLessThanOrEqualTo(limits.tokens());
    int spanBytes = 0;
    for (Span span : batch.getSpans()) {
      spanBytes += SealRulesTest.encoded(span);
    }
    assertThat(spanBytes).isLessThanOrEqualTo(limits.spanBytes());
  }

  /** Holds where every prompt is at most a twentieth of a batch. */
  private static void checkFill(Batch batch, BatchLimits limits) {
    switch (batch.getSealReason()) {
      case REQUESTS ->
          assertThat(batch.getCount()).isGreaterThanOrEqualTo((int) (0.95 * limits.requests()));
      case BYTES ->
          assertThat(batch.getBytes()).isGreaterThanOrEqualTo((long) (0.95 * limits.bytes()));
      case TOKENS ->
          assertThat(batch.getTokens()).isGreaterThanOrEqualTo((long) (0.95 * limits.tokens()));
      default -> {}
    }
  }

  private void checkTimes(Batch batch, BatchLimits limits) {
    assertThat(prompts(batch).count()).isEqualTo(batch.getCount());
    Instant sealedAt = batch.getSealedAt();
    assertThat(sealedAt).isBeforeOrEqualTo(tick(batch.getOpenedAt().plus(limits.linger())));
    Instant deadline = batch.getDeadline();
    boolean urgent =
        deadline != null && !sealedAt.isBefore(deadline.minus(limits.deadlineMargin()));
    if (batch.getSealReason() == SealReason.DEADLINE) {
      assertThat(urgent).isTrue();
    }
    List<Sent> slices = prompts(batch).map(sent::get).map(Objects::requireNonNull).toList();
    for (Sent slice : slices) {
      Instant notBefore = slice.slice().getNotBefore();
      if (notBefore != null) {
        assertThat(sealedAt).isAfterOrEqualTo(notBefore);
      }
    }
    Hourly hourly = policies.schedules.get(batch.getLane());
    if (hourly == null) {
      assertThat(batch.getSealReason()).isNotEqualTo(SealReason.SCHEDULE);
    } else if (!urgent) {
      checkSchedule(batch, hourly, slices);
    }
  }

  private void checkSchedule(Batch batch, Hourly hourly, List<Sent> slices) {
    Instant opened = batch.getOpenedAt();
    Instant sealedAt = batch.getSealedAt();
    if (hourly.isMoment()) {
      for (Sent slice : slices) {
        Instant moment = hourly.next(slice.since());
        assertThat(sealedAt).as("a moment came").isAfterOrEqualTo(moment);
        Instant from = slice.came().isAfter(moment) ? slice.came() : moment;
        assertThat(sealedAt)
            .as("and was heeded")
            .isBeforeOrEqualTo(tick(from.plus(Duration.ofMinutes(15).plus(STEP))));
      }
      return;
    }
    assertThat(hourly.isOpen(opened)).isTrue();
    if (batch.getSealReason() == SealReason.SCHEDULE) {
      assertThat(sealedAt).isEqualTo(tick(hourly.openedBy(opened).plus(hourly.width())));
    } else { // in this window or, after a pause, in a later one
      assertThat(hourly.isOpen(sealedAt)).isTrue();
    }
  }

  /** When the topology first looks at the clock from a moment on. */
  private Instant tick(Instant from) {
    Instant tick = ticks.ceiling(from);
    return tick == null ? Instant.MAX : tick;
  }

  private Stream<Prompt> prompts(Batch batch) {
    return batch.getSpans().stream().flatMap(span -> prompts(span, batch.getLane()));
  }

  /** What a reader of the log sees; with the lane of the batch, so that no lane gets another's. */
  private Stream<Prompt> prompts(Span span, Lane lane) {
    var seen = Objects.requireNonNull(log.get(span.getPartition()));
    return Runs.decode(span.getRuns()).stream()
        .flatMap((Run run) -> seen.subMap(run.first(), true, run.last(), true).values().stream())
        .map(prompt -> new Prompt(lane, prompt.partition(), prompt.offset()));
  }
}
