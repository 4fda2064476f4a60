package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.SliceLimits;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes with limits and schedules of their own, and what is reported about all of them. */
class AssembleLanesTest {

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Lane SMALL = lane("small");
  private static final Lane THIN = lane("thin");
  private static final Lane SHORT = lane("short");
  private static final Lane HASTY = lane("hasty");
  private static final Lane QUICK = lane("quick");
  private static final Lane NIGHTLY = lane("nightly");
  private static final String OVERRIDES =
      """
      [{"tenant":"small","batch.max.requests":10},
       {"tenant":"thin","batch.max.bytes":100},
       {"tenant":"short","batch.max.tokens":5},
       {"tenant":"hasty","batch.deadline.margin.ms":7200000},
       {"tenant":"quick","batch.linger.ms":700},
       {"tenant":"nightly","batch.schedule.cron":"0 2 * * *"}]""";

  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test.
  private RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private AssemblerDriver driver;

  @BeforeEach
  void startTopology(@TempDir Path stateDir) {
    registry = new RegistryStub();
    driver =
        new AssemblerDriver(
            Policies.from(
                Map.of(
                    "batch.max.requests", "100",
                    "batch.max.bytes", "1000",
                    "batch.max.tokens", "100",
                    "batch.max.span.bytes", "1024",
                    "batch.linger.ms", "300000",
                    "batch.deadline.margin.ms", "3600000",
                    "lane.overrides", OVERRIDES)),
            AssemblerDriver.serdes(registry.serdes()),
            stateDir,
            1,
            ManualClock.START);
  }

  @AfterEach
  void stopTopology() {
    driver.close();
    registry.close();
  }

  /** Two slices of one part, with a slice of another part in between. */
  @Test
  void aPartOfASplitBatchIsABatchOfItsOwnWithTheKeyOfItsRoot() {
    Lane one = new Lane("flash", "default", LaneKind.ISOLATION, Map.of("part", "b1.0"));
    Lane other = new Lane("flash", "default", LaneKind.ISOLATION, Map.of("part", "b1.1"));
    driver.add(Slices.of(one, 0, 2).setRootBatchId("b0").setDepth(2));
    driver.add(Slices.of(other, 10, 1).setRootBatchId("b0").setDepth(2));
    driver.add(Slices.of(one, 5, 1).setRootBatchId("b0").setDepth(2).setSealAtOnce(true));

    assertThat(driver.keyed())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.key).isEqualTo("b0");
              assertThat(record.value.getRootBatchId()).isEqualTo("b0");
              assertThat(record.value.getDepth()).isEqualTo(2);
              assertThat(record.value.getCount()).isEqualTo(3);
              assertThat(record.value.getLane()).isEqualTo(one);
            });
  }

  private static Lane lane(String tenant) {
    return new Lane("flash", "default", LaneKind.NORMAL, Map.of("tenant", tenant));
  }

  /** The collector, which slices them, does not know the lanes' limits. */
  @Test
  void aBatchSaysHowItsPromptsAreSlicedWhenTheyAreSentAgain() {
    driver.add(Slices.of(SMALL, 0, 10));
    driver.add(Slices.of(Slices.FLASH, 10, 100));

    assertThat(driver.sealed())
        .extracting(Batch::getResendLimits)
        .containsExactly(new SliceLimits(1, 50L, 5L, 51), new SliceLimits(5, 50L, 5L, 51));
  }

  @Test
  void eachLaneHasItsOwnLimits() {
    driver.add(Slices.of(Slices.FLASH, 0, 50));
    driver.add(Slices.of(SMALL, 100, 10).setBytes(1));
    driver.add(Slices.of(THIN, 200, 1).setBytes(100));
    driver.add(Slices.of(SHORT, 300, 5).setBytes(1));
    assertThat(driver.sealed())
        .extracting(Batch::getLane, Batch::getSealReason)
        .containsExactly(
            tuple(SMALL, SealReason.REQUESTS),
            tuple(THIN, SealReason.BYTES),
            tuple(SHORT, SealReason.TOKENS));
    driver.add(Slices.of(Slices.FLASH, 50, 50));
    assertThat(driver.sealed())
        .extracting(Batch::getLane, Batch::getCount)
        .containsExactly(tuple(Slices.FLASH, 100));
  }

  @Test
  void eachLaneHasItsOwnLingerAndTheClockIsLookedAtOftenEnoughForTheShortest() {
    driver.add(Slices.of(Slices.FLASH, 0, 1));
    driver.add(Slices.of(QUICK, 1, 1));
    driver.pass(Duration.ofMillis(690));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(Duration.ofMillis(10));
    assertThat(driver.sealed())
        .extracting(Batch::getLane, Batch::getSealReason)
        .containsExactly(tuple(QUICK, SealReason.LINGER));
    driver.passUntil(ManualClock.START.plusSeconds(300));
    assertThat(driver.sealed()).extracting(Batch::getLane).containsExactly(Slices.FLASH);
  }

  @Test
  void eachLaneHasItsOwnDeadlineMargin() {
    Instant deadline = ManualClock.START.plus(Duration.ofHours(2)).plus(TICK);
    driver.add(Slices.of(Slices.FLASH, 0, 1).setDeadline(deadline));
    driver.add(Slices.of(HASTY, 1, 1).setDeadline(deadline));
    driver.pass(TICK);
    assertThat(driver.sealed())
        .extracting(Batch::getLane, Batch::getSealReason)
        .containsExactly(tuple(HASTY, SealReason.DEADLINE));
  }

  @Test
  void eachLaneHasItsOwnSchedule() {
    driver.add(Slices.of(Slices.FLASH, 0, 1));
    driver.add(Slices.of(NIGHTLY, 1, 1));
    assertThat(driver.parked()).isEqualTo(1);
    driver.passUntil(Instant.parse("2026-02-01T02:00:00Z"));
    assertThat(driver.sealed())
        .extracting(Batch::getLane, Batch::getSealReason)
        .containsExactlyInAnyOrder(
            tuple(Slices.FLASH, SealReason.LINGER), tuple(NIGHTLY, SealReason.SCHEDULE));
  }

  @Test
  void aQuietLaneIsForgotten() {
    for (int i = 0; i < 200; i++) {
      driver.add(Slices.of(lane("tenant-" + i), i, 1));
    }
    driver.pass(TICK);
    assertThat(driver.gauge("promptferry.lanes.batching")).isEqualTo(200);
    driver.pass(Duration.ofMinutes(5));
    assertThat(driver.sealed()).hasSize(200);
    assertThat(driver.stored()).isZero();
    assertThat(driver.gauge("promptferry.lanes.batching")).isZero();
  }

  @Test
  void aSliceLargerThanTheLimitsIsABatchByItselfAndIsCounted() {
    driver.add(Slices.of(SMALL, 0, 3));
    driver.add(Slices.of(SMALL, 3, 11));
    driver.add(Slices.of(SMALL, 14, 3));
    assertThat(driver.sealed())
        .extracting(Batch::getCount, Batch::getSealReason)
        .containsExactly(tuple(3, SealReason.REQUESTS), tuple(11, SealReason.REQUESTS));
    assertThat(driver.meters.get("promptferry.slices.oversized").counter().count()).isEqualTo(1);
    driver.pass(Duration.ofMinutes(5));
    assertThat(driver.sealed()).extracting(Batch::getCount).containsExactly(3);
  }

  @Test
  void anOffsetThatComesTwiceIsSentOnceAndCounted() {
    driver.add(Slices.of(Slices.FLASH, 0, 30));
    Slice again = Slices.of(Slices.FLASH, 20, 20).setSealAtOnce(true).build();
    driver.add(again);
    Batch batch = driver.sealed().get(0);
    assertThat(batch.getSpans()).hasSize(1);
    assertThat(Runs.decode(batch.getSpans().get(0).getRuns())).containsExactly(new Run(0, 39));
    assertThat(driver.meters.get("promptferry.slice.overlaps").counter().count()).isEqualTo(1);
    driver.add(again);
    assertThat(driver.sealed()).as("the stream goes on").hasSize(1);
  }

  private double parked(String reason) {
    return driver.gauge("promptferry.slices.parked", "reason", reason);
  }

  private double oldest(String stage) {
    return driver.gauge("promptferry.prompts.oldest.age", "stage", stage);
  }

  @Test
  void whatIsOpenAndWhatWaitsIsReportedAtEachTick() {
    driver.add(Slices.of(Slices.FLASH, 0, 30));
    driver.add(Slices.of(Slices.FLASH, 30, 10));
    driver.add(Slices.of(Slices.PRO, 40, 5));
    driver.add(Slices.of(NIGHTLY, 50, 7));
    driver.add(Slices.of(Slices.PRO, 60, 8).setNotBefore(ManualClock.START.plusSeconds(2)));
    driver.pass(TICK);
    assertThat(driver.gauge("promptferry.lanes.batching")).isEqualTo(2);
    assertThat(driver.gauge("promptferry.prompts.waiting", "stage", "batching")).isEqualTo(45);
    assertThat(oldest("batching")).isEqualTo(TICK.toMillis() / 1000.0);
    assertThat(oldest("parked")).as("to the minute").isEqualTo(60);
    assertThat(parked("retry")).isEqualTo(1);
    assertThat(parked("window")).isEqualTo(1);
    assertThat(driver.gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(15);
    driver.pass(TICK);
    assertThat(driver.gauge("promptferry.prompts.waiting", "stage", "batching")).isEqualTo(53);
    assertThat(parked("retry")).isZero();
    assertThat(parked("window")).isEqualTo(1);
    assertThat(driver.gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(7);
    driver.close();
    assertThat(driver.gauge("promptferry.lanes.batching")).as("the task has gone").isZero();
    assertThat(parked("window")).isZero();
    assertThat(oldest("parked")).isZero();
  }

  @Test
  void batchesAreCountedByReasonWithTheirFill() {
    driver.add(Slices.of(Slices.FLASH, 0, 100));
    driver.add(Slices.of(QUICK, 100, 25));
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.meters.get("promptferry.batches.sealed").tag("reason", "LINGER").counter())
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
    assertThat(driver.meters.get("promptferry.batch.fill").tag("reason", "LINGER").summary().max())
        .isEqualTo(0.25);
    assertThat(
            driver.meters.get("promptferry.batch.fill").tag("reason", "REQUESTS").summary().max())
        .isEqualTo(1.0);
    assertThat(driver.meters.get("promptferry.batch.requests").summary().totalAmount())
        .isEqualTo(125);
  }
}
