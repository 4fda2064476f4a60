package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.batcher.submit.Capacity.Shortage;
import io.promptferry.batcher.submit.Capacity.Use;
import io.promptferry.records.Batch;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every batch here has 100 tokens and 300 bytes. */
class CapacityTest {

  private static final String MODEL = "gemini-2.5-flash";

  private final OpenJobs open = new OpenJobs();
  private final ManualClock clock = new ManualClock();

  private Capacity capacity(int jobs, long tokens, long bytes) {
    open.caughtUp();
    var settings = new CapacitySettings(jobs, TokenTier.TIER_NONE, tokens, bytes);
    return new Capacity(account -> settings, open, new Urgency(Duration.ofHours(1)), clock);
  }

  private static Batch batch(String id) {
    return Bench.batch(id, Duration.ZERO);
  }

  private static Optional<Reason> reserve(Capacity capacity, Batch batch) {
    return capacity.reserve(batch).map(Shortage::reason);
  }

  @ParameterizedTest
  @CsvSource({"2,0,9999,JOBS", "9,299,9999,TOKENS", "9,0,899,STORAGE"})
  void theThirdDoesNotFit(int jobs, long tokens, long bytes, Reason reason) {
    Capacity capacity = capacity(jobs, tokens, bytes);
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    assertThat(capacity.reserve(batch("b"))).isEmpty();
    assertThat(reserve(capacity, batch("c"))).contains(reason);
    assertThat(capacity.reserve(batch("a"))).as("has its room already").isEmpty();
    capacity.release("b");
    assertThat(capacity.reserve(batch("c"))).isEmpty();
  }

  @Test
  void roomThatComesFreeIsKeptForTheMostUrgentOfAllPartitions() {
    Capacity capacity = capacity(1, 0, 9999);
    Batch old = Bench.batch("old", Duration.ofSeconds(1));
    Batch young = Bench.batch("young", Duration.ofSeconds(2));
    Batch near = Bench.batch("near", Duration.ofSeconds(3));
    near.setDeadline(clock.instant().plusSeconds(60));
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    for (Batch waits : List.of(old, young, near)) {
      assertThat(reserve(capacity, waits)).contains(Reason.JOBS);
    }
    capacity.release("a");

    assertThat(reserve(capacity, young)).contains(Reason.JOBS);
    assertThat(reserve(capacity, old)).contains(Reason.JOBS);
    assertThat(capacity.reserve(near)).isEmpty();
    capacity.release("near");
    assertThat(reserve(capacity, young)).contains(Reason.JOBS);
    assertThat(capacity.reserve(old)).isEmpty();
  }

  @Test
  void whoeverDoesNotFitOrAsksNoMoreHoldsUpNobody() {
    Capacity capacity = capacity(9, 250, 9999);
    Batch large = batch("large");
    large.setTokens(250);
    Batch old = Bench.batch("old", Duration.ofSeconds(1));
    Batch young = Bench.batch("young", Duration.ofSeconds(2));
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    assertThat(reserve(capacity, large)).contains(Reason.TOKENS);
    assertThat(capacity.reserve(old)).as("the large one does not fit").isEmpty();
    assertThat(reserve(capacity, young)).contains(Reason.TOKENS);

    capacity.release("a");
    capacity.release("old");
    assertThat(reserve(capacity, young)).contains(Reason.TOKENS);
    clock.advance(Duration.ofMillis(1_001));
    assertThat(capacity.reserve(young)).as("the large one has not asked again").isEmpty();
  }

  @Test
  void anotherAccountsBatchHoldsUpNobody() {
    Capacity capacity = capacity(1, 0, 9999);
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    assertThat(reserve(capacity, batch("b"))).contains(Reason.JOBS);
    Batch other = Bench.batch("other", Duration.ofSeconds(9));
    other.setLane(new Lane(MODEL, "research", LaneKind.NORMAL, Map.of()));
    assertThat(capacity.reserve(other)).isEmpty();
  }

  @Test
  void theLastOfTheRoomMayBeTaken() {
    Capacity capacity = capacity(2, 200, 600);
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    assertThat(capacity.reserve(batch("b"))).isEmpty();
    assertThat(capacity.use("default", MODEL)).isEqualTo(new Use(2, 200, 600));
  }

  @Test
  void jobsOfOthersAndOfOursCountOnceUntilTheyEnd() {
    Capacity capacity = capacity(2, 0, 9999);
    open.add(OpenJobsTest.job(JobPhase.SUBMITTED, "theirs", ManualClock.START));
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    capacity.submitted(OpenJobsTest.job(JobPhase.SUBMITTED, "a", ManualClock.START));
    open.add(OpenJobsTest.job(JobPhase.SUBMITTED, "a", ManualClock.START));
    assertThat(capacity.use("default", MODEL).jobs()).isEqualTo(2);
    assertThat(reserve(capacity, batch("b"))).contains(Reason.JOBS);
    open.add(OpenJobsTest.state("theirs", "FAILED", true));
    assertThat(capacity.reserve(batch("b"))).isEmpty();
  }

  @Test
  void tokensAreCountedByModelAndAllByAccount() {
    Capacity capacity = capacity(9, 150, 9999);
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    Batch other = batch("b");
    other.getLane().setModel("models/gemini-2.5-pro");
    assertThat(capacity.reserve(other)).isEmpty();
    assertThat(capacity.use("default", "gemini-2.5-pro")).isEqualTo(new Use(2, 100, 600));
    assertThat(capacity.use("another", MODEL)).isEqualTo(new Use(0, 0, 0));
  }

  @Test
  void whatCanNeverFitIsToldWithItsKeys() {
    assertThat(capacity(9, 99, 9999).reserve(batch("a")))
        .hasValueSatisfying(
            shortage -> {
              assertThat(shortage.never()).isTrue();
              assertThat(shortage.advice())
                  .contains("capacity.tokens.max", "capacity.tier", "batch.max.tokens");
            });
    assertThat(capacity(9, 0, 299).reserve(batch("a")))
        .hasValueSatisfying(
            shortage -> {
              assertThat(shortage.never()).isTrue();
              assertThat(shortage.advice()).contains("capacity.storage.max.bytes");
            });
  }

  @Test
  void aFileThatWaitsForItsLaneKeepsOnlyItsStorage() {
    Capacity capacity = capacity(1, 100, 600);
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    capacity.park("a");
    assertThat(capacity.use("default", MODEL)).isEqualTo(new Use(0, 0, 300));
    assertThat(capacity.reserve(batch("b"))).isEmpty();
    assertThat(reserve(capacity, batch("a"))).contains(Reason.JOBS);
    assertThat(capacity.use("default", MODEL)).isEqualTo(new Use(1, 100, 600));
    capacity.release("b");
    assertThat(capacity.reserve(batch("a"))).isEmpty();
    assertThat(capacity.use("default", MODEL)).isEqualTo(new Use(1, 100, 300));
    capacity.park("a");
    capacity.release("a");
    assertThat(capacity.use("default", MODEL)).isEqualTo(new Use(0, 0, 0));
  }

  @Test
  void nobodyCreatesBeforeItIsKnownWhatIsInUse() {
    Capacity capacity = capacity(9, 0, 9999);
    open.restart();
    assertThat(reserve(capacity, batch("a"))).contains(Reason.STARTING);
  }

  @Test
  void whatMayExistIsCountedWithoutAsking() {
    Capacity capacity = capacity(1, 0, 9999);
    capacity.hold(batch("a"));
    capacity.hold(batch("b"));
    assertThat(capacity.use("default", MODEL).jobs()).isEqualTo(2);
  }

  @Test
  void readsEveryKey() {
    var config =
        new AbstractConfig(
            CapacitySettings.define(new ConfigDef()),
            Map.of(
                "capacity.jobs.max", "1",
                "capacity.tier", "2",
                "capacity.tokens.max", "3",
                "capacity.storage.max.bytes", "4"));
    assertThat(CapacitySettings.from(config))
        .isEqualTo(new CapacitySettings(1, TokenTier.TIER_2, 3, 4));
    CapacitySettings usual =
        CapacitySettings.from(
            new AbstractConfig(CapacitySettings.define(new ConfigDef()), Map.of()));
    assertThat(usual).isEqualTo(new CapacitySettings(100, TokenTier.TIER_NONE, 0, 20_000_000_000L));
    assertThat(usual.tokensOf(MODEL)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "1,gemini-2.5-pro,5000000",
    "1,gemini-2.5-flash,3000000",
    "1,gemini-2.5-flash-001,3000000",
    "1,gemini-2.5-flash-lite,10000000",
    "2,gemini-2.5-pro,500000000",
    "2,gemini-2.5-flash-preview-09-2025,400000000",
    "2,gemini-2.5-flash-lite,500000000",
    "3,gemini-2.5-pro,1000000000",
    "3,gemini-2.5-flash,1000000000",
    "3,gemini-2.5-flash-lite,1000000000",
    "1,gemini-2.5-flash-image,9223372036854775807",
    "1,gemini-9,9223372036854775807",
    "NONE,gemini-2.5-pro,9223372036854775807"
  })
  void aTierGivesTheTokensOfAModel(String tier, String model, long tokens) {
    var settings = new CapacitySettings(1, TokenTier.valueOf("TIER_" + tier), 0, 1);
    assertThat(settings.tokensOf(model)).isEqualTo(tokens);
    assertThat(new CapacitySettings(1, settings.tier(), 7, 1).tokensOf(model)).isEqualTo(7);
  }
}
