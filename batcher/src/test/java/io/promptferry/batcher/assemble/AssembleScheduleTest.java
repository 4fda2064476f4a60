package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices that wait: for their own time, or for their lane's moment or window. */
class AssembleScheduleTest {

  private static final Duration LINGER = Duration.ofMinutes(5);
  private static final Duration MARGIN = Duration.ofMinutes(60);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

  /** 02:00 in Tokyo. */
  private static final Instant NIGHT = Instant.parse("2026-05-01T17:00:00Z");

  private static final Instant OPENS = Instant.parse("2026-05-01T16:30:00Z");
  private static final Instant ENDS = Instant.parse("2026-05-02T00:30:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static AssembleTopology.RecordSerdes serdes;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  @SuppressWarnings("NullAway.Init") // Each test starts one of its own.
  private AssemblerDriver driver;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    serdes = AssemblerDriver.serdes(registry.serdes());
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  @AfterEach
  void stopTopology() {
    driver.close();
  }

  private void start(Map<String, String> values) {
    var all = new HashMap<>(values);
    all.put("batch.max.requests", "100");
    all.put("batch.linger.ms", String.valueOf(LINGER.toMillis()));
    all.put("batch.deadline.margin.ms", String.valueOf(MARGIN.toMillis()));
    driver = new AssemblerDriver(Policies.from(all), serdes, stateDir, 1, NOON);
  }

  private void startNightlyInTokyo() {
    start(Map.of("batch.schedule.cron", "0 2 * * *", "batch.schedule.zone", "Asia/Tokyo"));
  }

  private void startFrom1630For8Hours() {
    start(Map.of("batch.schedule.cron", "30 16 * * *", "batch.schedule.open.ms", "28800000"));
  }

  private static Slice.Builder flash(long first, int count) {
    return Slices.of(Slices.FLASH, first, count);
  }

  private Batch theBatch() {
    List<Batch> batches = driver.sealed();
    assertThat(batches).hasSize(1);
    return batches.get(0);
  }

  private static List<Run> runs(Batch batch) {
    return Runs.decode(batch.getSpans().get(0).getRuns());
  }

  @Test
  void aSliceThatIsNotDueIsKeptBackAndThenLingersAsIfItHadJustCome() {
    start(Map.of());
    driver.add(flash(0, 1).setNotBefore(NOON.plusSeconds(90)));
    assertThat(driver.parked()).isEqualTo(1);
    driver.pass(Duration.ofSeconds(89));
    assertThat(driver.parked()).isEqualTo(1);
    driver.pass(TICK);
    assertThat(driver.parked()).isZero();
    driver.pass(LINGER.minus(TICK));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(TICK);
    Batch batch = theBatch();
    assertThat(batch.getOpenedAt()).isEqualTo(NOON.plusSeconds(90));
    assertThat(batch.getSealReason()).isEqualTo(SealReason.LINGER);
    assertThat(driver.stored()).isZero();
  }

  @Test
  void aSliceWhoseTimeHasComeIsNotParked() {
    start(Map.of());
    driver.add(flash(0, 1).setNotBefore(NOON));
    assertThat(driver.parked()).isZero();
  }

  @Test
  void slicesAreReleasedInTheOrderInWhichTheyFallDueAndThenOfArrival() {
    start(Map.of());
    var firsts = new ArrayList<Long>();
    driver.add(flash(10_000, 60).setNotBefore(NOON.plusSeconds(20)));
    for (int i = 0; i < 12; i++) { // From the last offset to the first.
      long first = 60L * (12 - i);
      firsts.add(first);
      driver.add(flash(first, 60).setNotBefore(NOON.plusSeconds(10)));
    }
    driver.add(flash(0, 60).setNotBefore(NOON.plusSeconds(30)));
    firsts.add(10_000L);
    driver.pass(Duration.ofMinutes(1));
    // No two fit into one batch, so the order of the batches is that of the slices.
    assertThat(driver.sealed())
        .extracting(batch -> runs(batch).get(0).first())
        .containsExactlyElementsOf(firsts);
    driver.pass(LINGER);
    assertThat(runs(theBatch())).containsExactly(new Run(0, 59));
  }

  @Test
  void retriesMayBeExemptFromTheSchedule() {
    start(
        Map.of(
            "batch.schedule.cron", "0 2 * * *",
            "lane.overrides", "[{\"kind\":\"RETRY\",\"batch.schedule.cron\":\"\"}]"));
    Lane retries = new Lane("flash", "default", LaneKind.RETRY, Map.of());
    driver.add(flash(0, 1));
    driver.add(Slices.of(retries, 1, 1));
    driver.pass(LINGER);
    assertThat(theBatch().getLane()).isEqualTo(retries);
  }

  @Test
  void whatWaitedForTheNightGoesAtOnceWhenItComes() {
    startNightlyInTokyo();
    driver.add(flash(0, 10));
    driver.pass(Duration.ofHours(2));
    driver.add(flash(10, 10).setSealAtOnce(true));
    driver.passUntil(NIGHT.minus(TICK));
    assertThat(driver.sealed()).isEmpty();
    assertThat(driver.parked()).isEqualTo(2);
    driver.pass(TICK);
    // The slice that asks for it closes the batch just before the schedule would.
    Batch batch = theBatch();
    assertThat(runs(batch)).containsExactly(new Run(0, 19));
    assertThat(batch.getSealReason()).isEqualTo(SealReason.AT_ONCE);
    assertThat(batch.getSealedAt()).isEqualTo(NIGHT);
    assertThat(driver.stored()).isZero();
  }

  @Test
  void theNightsBatchTellsThatTheScheduleClosedIt() {
    startNightlyInTokyo();
    driver.add(flash(0, 10));
    driver.passUntil(NIGHT);
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.SCHEDULE);
    driver.add(flash(10, 10));
    driver.passUntil(NIGHT.plus(DAY).minus(TICK));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(TICK);
    assertThat(theBatch().getSealedAt()).isEqualTo(NIGHT.plus(DAY));
  }

  @Test
  void theNightsBatchesKeepToTheLimits() {
    startNightlyInTokyo();
    for (int i = 0; i < 50; i++) {
      driver.add(flash(5L * i, 5));
    }
    driver.passUntil(NIGHT);
    assertThat(driver.sealed())
        .extracting(Batch::getCount, Batch::getSealReason)
        .containsExactly(
            tuple(100, SealReason.REQUESTS),
            tuple(100, SealReason.REQUESTS),
            tuple(50, SealReason.SCHEDULE));
  }

  @Test
  void aNightThatPassedDuringAPauseIsMadeUpFor() {
    startNightlyInTokyo();
    driver.add(flash(0, 10));
    driver.passUntil(NIGHT.plus(Duration.ofHours(5)));
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.SCHEDULE);
    assertThat(batch.getSealedAt()).isEqualTo(NIGHT.plus(Duration.ofHours(5)));
  }

  @Test
  void aSliceThatWasWrittenBeforeTheNightAndIsReadAfterItGoesAtOnce() {
    startNightlyInTokyo();
    driver.passUntil(NIGHT.plusSeconds(30));
    driver.add(flash(0, 10).build(), NIGHT.minusMillis(1));
    driver.add(flash(10, 10).build(), NIGHT);
    driver.pass(TICK);
    assertThat(runs(theBatch())).containsExactly(new Run(0, 9));
    assertThat(driver.parked()).isEqualTo(1);
  }

  @Test
  void theClockOfAWriterThatIsAheadIsNotBelieved() {
    startNightlyInTokyo();
    driver.add(flash(0, 10).build(), NIGHT.plus(DAY));
    driver.passUntil(NIGHT);
    assertThat(theBatch().getCount()).isEqualTo(10);
  }

  @Test
  void inTheWindowBatchesAreClosedAsUsual() {
    startFrom1630For8Hours();
    driver.passUntil(OPENS);
    driver.add(flash(0, 100));
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.REQUESTS);
    driver.add(flash(100, 1));
    driver.pass(LINGER);
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.LINGER);
  }

  @Test
  void whatComesBeforeTheWindowWaitsForItAndThenLingers() {
    startFrom1630For8Hours();
    driver.add(flash(0, 10));
    driver.passUntil(OPENS.minus(TICK));
    assertThat(driver.parked()).isEqualTo(1);
    driver.pass(TICK);
    assertThat(driver.parked()).isZero();
    assertThat(driver.sealed()).isEmpty();
    driver.pass(LINGER);
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.LINGER);
  }

  @Test
  void atItsEndTheWindowClosesWhateverIsOpen() {
    startFrom1630For8Hours();
    driver.passUntil(ENDS.minus(TICK));
    driver.add(flash(0, 10));
    driver.pass(TICK);
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.SCHEDULE);
    assertThat(batch.getSealedAt()).isEqualTo(ENDS);
    driver.add(flash(10, 10));
    assertThat(driver.parked()).isEqualTo(1);
  }

  @Test
  void aWindowThatWasMissedIsWaitedForAgain() {
    startFrom1630For8Hours();
    driver.add(flash(0, 10));
    driver.passUntil(ENDS.plusSeconds(1));
    assertThat(driver.sealed()).isEmpty();
    assertThat(driver.parked()).isEqualTo(1);
    driver.passUntil(OPENS.plus(DAY));
    driver.pass(LINGER);
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.LINGER);
  }

  @Test
  void aBatchThatWasOpenWhenAPauseBeganIsClosedAfterIt() {
    startFrom1630For8Hours();
    driver.passUntil(ENDS.minus(TICK));
    driver.add(flash(0, 10));
    driver.pass(Duration.ofHours(3));
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.SCHEDULE);
  }

  @Test
  void aDeadlineBeforeTheWindowIsHeededOutsideOfIt() {
    startFrom1630For8Hours();
    Instant deadline = NOON.plus(MARGIN).plusSeconds(600);
    driver.add(flash(0, 10).setDeadline(deadline));
    driver.add(flash(10, 10));
    driver.pass(Duration.ofSeconds(599));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(TICK);
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.DEADLINE);
    assertThat(runs(batch)).containsExactly(new Run(0, 9));
    assertThat(driver.parked()).isEqualTo(1);
  }

  @Test
  void aDeadlineThatIsNearOnArrivalDoesNotWaitForTheWindow() {
    startFrom1630For8Hours();
    driver.add(flash(0, 10).setDeadline(NOON.plus(MARGIN)));
    assertThat(driver.parked()).isZero();
    driver.pass(TICK);
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.DEADLINE);
  }

  @Test
  void moreThanOneTicksWorthIsReleasedTickByTickAndTheScheduleWaitsForAllOfIt() {
    start(
        Map.of(
            "batch.schedule.cron", "0 2 * * *",
            "batch.schedule.zone", "Asia/Tokyo",
            "lane.overrides", "[{\"model\":\"flash\",\"batch.max.requests\":20000}]"));
    int more = 7;
    for (int i = 0; i < ParkedSlices.RELEASED_AT_ONCE + more; i++) {
      driver.add(flash(i, 1).setTokens(1));
    }
    driver.passUntil(NIGHT);
    assertThat(driver.parked()).isEqualTo(more);
    assertThat(driver.sealed())
        .extracting(Batch::getSealReason)
        .doesNotContain(SealReason.SCHEDULE);
    driver.pass(TICK);
    assertThat(driver.sealed())
        .extracting(Batch::getSealReason)
        .containsExactly(SealReason.SCHEDULE);
    assertThat(driver.stored()).isZero();
  }
}
