package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.Seeds;
import io.promptferry.batcher.assemble.RandomPolicies.Hourly;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.slice.LoggedPrompts;
import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.schemas.Lanes;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.SliceBuilder;
import io.promptferry.spans.SpanBuilder;
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
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random prompts of lanes with random policies, sliced by the slicer, through the topology; some of
 * them again as the collector slices them, by themselves or in a part of their batch.
 */
class AssemblePropertyTest {

  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final Duration STEP = Duration.ofSeconds(20);
  private static final int PARTITIONS = 3;

  /** A prompt and what became known about it on its way. */
  private record Prompt(Lane lane, int partition, long offset) {}

  /** What the slicer measured of a prompt, and the collector would again. */
  private record Size(int bytes, int tokens, @Nullable Instant deadline) {}

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
  private final Map<Prompt, Size> sizes = new HashMap<>();
  private final List<Batch> batches = new ArrayList<>();

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
    return Seeds.orGiven(LongStream.rangeClosed(1, 50));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyPromptLandsInOneBatchAndEveryRuleHolds(long seed, @TempDir Path stateDir) {
    Seeds.run(seed, () -> runCase(seed, stateDir));
  }

  private void runCase(long seed, Path stateDir) throws IOException {
    var random = new Random(seed);
    policies = new RandomPolicies(random);
    boolean small = random.nextInt(3) > 0;
    try (var driver =
        new AssemblerDriver(
            policies.policies, AssemblerDriver.serdes(registry.serdes()), stateDir, seed, START)) {
      run(driver, random, small);
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
      resend(driver, random);
    }
    passAll(driver);
    resend(driver, random);
    passAll(driver);
    batches.addAll(driver.sealed());
  }

  /** As long as a slice may have to wait: for its own time, for its window, and for the linger. */
  private void passAll(AssemblerDriver driver) {
    Instant end = driver.now().plus(Duration.ofMinutes(40 + 60 + 11));
    while (driver.now().isBefore(end)) {
      pass(driver, STEP.multipliedBy(3));
    }
  }

  private void prompt(
      LoggedPrompts slicer, int partition, long offset, Instant now, Random random, boolean small) {
    Lane lane = policies.lanes.get(random.nextInt(policies.lanes.size()));
    boolean large = !small && random.nextInt(8) == 0;
    int part = large ? 1 : 20;
    int bytes = 1 + random.nextInt(policies.least(lane, BatchLimits::bytes) / part);
    int tokens = 1 + random.nextInt(policies.least(lane, BatchLimits::tokens) / part);
    Instant deadline = random.nextInt(200) == 0 ? now.plusSeconds(random.nextInt(9_000)) : null;
    slicer.add(offset, lane, bytes, tokens, deadline);
    var prompt = new Prompt(lane, partition, offset);
    sizes.put(prompt, new Size(bytes, tokens, deadline));
    Objects.requireNonNull(log.get(partition)).put(offset, prompt);
  }

  /** Some prompts of the batches that were closed since the last call. */
  private void resend(AssemblerDriver driver, Random random) {
    List<Batch> closed = driver.sealed();
    batches.addAll(closed);
    for (Batch batch : closed) {
      if (batch.getLane().getKind() == LaneKind.NORMAL && random.nextInt(3) > 0) {
        List<Slice> slices = random.nextInt(3) == 0 ? part(batch) : retries(batch, random);
        slices.forEach(slice -> send(driver, random, slice));
      }
    }
  }

  private List<Slice> retries(Batch batch, Random random) {
    int share = 1 + random.nextInt(10);
    Lane lane = RandomPolicies.ofKind(batch.getLane(), LaneKind.RETRY);
    return cut(batch, lane, prompt -> random.nextInt(10) < share);
  }

  private List<Slice> part(Batch batch) {
    Lane lane = RandomPolicies.ofKind(batch.getLane(), LaneKind.ISOLATION);
    var labels = new HashMap<>(lane.getLabels());
    labels.put(Lanes.PART, batch.getBatchId() + ".0");
    lane.setLabels(labels);
    List<Slice> slices = cut(batch, lane, prompt -> true);
    slices.get(slices.size() - 1).setSealAtOnce(true);
    return slices;
  }

  private List<Slice> cut(Batch batch, Lane lane, Predicate<Prompt> again) {
    var slices = new ArrayList<SliceBuilder>();
    for (Span span : batch.getSpans()) {
      SliceBuilder slice = null;
      for (Prompt prompt : prompts(span, batch.getLane()).filter(again).toList()) {
        Long before =
            Objects.requireNonNull(log.get(span.getPartition())).lowerKey(prompt.offset());
        long previous = before == null ? -1 : before;
        Size size = Objects.requireNonNull(sizes.get(prompt));
        if (slice == null || slice.wouldOverflow(size.bytes(), size.tokens())) {
          var begun = new SpanBuilder(span.getTopic(), "topic-id", span.getPartition(), previous);
          slice = new SliceBuilder(lane, begun, batch.getResendLimits());
          slices.add(slice);
        }
        slice.add(prompt.offset(), previous, size.bytes(), size.tokens(), size.deadline());
      }
    }
    return slices.stream().map(slice -> again(slice.build(), batch)).toList();
  }

  private static Slice again(Slice slice, Batch batch) {
    slice.getSpan().setAttempt(2);
    slice
        .getSpan()
        .setHistory(List.of(new Attempt(batch.getBatchId(), "batches/1", "MODEL_ERROR", 13)));
    return slice;
  }

  private void send(AssemblerDriver driver, Random random, Slice made) {
    Instant notBefore =
        random.nextInt(6) == 0 ? driver.now().plusSeconds(random.nextInt(40 * 60)) : null;
    Slice slice =
        Slice.newBuilder(made)
            .setNotBefore(notBefore)
            .setSealAtOnce(made.getSealAtOnce() || random.nextInt(40) == 0)
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
    Hourly hourly = policies.schedule(batch.getLane());
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
