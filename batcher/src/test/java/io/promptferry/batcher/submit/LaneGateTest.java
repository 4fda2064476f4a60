package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.batcher.submit.LaneGate.Hold;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.runtime.service.Backoff;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneGateTest {

  private static final Lane FLASH = lane("gemini-2.5-flash");
  private static final Lane PRO = lane("gemini-2.5-pro");

  private final ManualClock clock = new ManualClock();
  private final LaneGate gate =
      new LaneGate(new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(40)), clock);

  private static Lane lane(String model) {
    return new Lane(model, "default", LaneKind.NORMAL, Map.of());
  }

  private static ProviderException failure(Kind kind, int code) {
    return new ProviderException(kind, code, "", "scripted " + code);
  }

  private Optional<Reason> held(Lane lane, String batchId) {
    return gate.enter(lane, batchId).map(Hold::pause).map(Attempt.Wait::reason);
  }

  private void refuse(Lane lane, String batchId, int code) {
    assertThat(held(lane, batchId)).isEmpty();
    assertThat(gate.refused(lane, batchId, failure(Kind.REFUSED, code)).reason())
        .isEqualTo(Reason.STOPPED);
    gate.leave(batchId);
  }

  @Test
  void afterA429AllBatchesOfTheModelWaitAndNoOthers() {
    Attempt.Wait wait = gate.busy(FLASH, failure(Kind.BUSY, 429));
    assertThat(Duration.between(clock.instant(), wait.until()).toMillis())
        .isBetween(8_000L, 10_000L);
    assertThat(held(FLASH, "b")).contains(Reason.BUSY);
    assertThat(held(lane("models/gemini-2.5-flash"), "b")).contains(Reason.BUSY);
    assertThat(held(PRO, "c")).isEmpty();
    assertThat(gate.stopped()).isZero();
    clock.advanceTo(wait.until());
    assertThat(held(FLASH, "a")).isEmpty();
    assertThat(held(FLASH, "b")).isEmpty();
  }

  @Test
  void waitsLongerWithEach429UntilOnePasses() {
    gate.busy(FLASH, failure(Kind.BUSY, 429));
    Attempt.Wait second = gate.busy(FLASH, failure(Kind.BUSY, 429));
    assertThat(Duration.between(clock.instant(), second.until()).toMillis())
        .isBetween(16_000L, 20_000L);
    gate.passed(FLASH);
    Attempt.Wait first = gate.busy(FLASH, failure(Kind.BUSY, 429));
    assertThat(Duration.between(clock.instant(), first.until()).toMillis())
        .isBetween(8_000L, 10_000L);
  }

  @Test
  void heedsWhatTheProviderAsksFor() {
    var asked = new ProviderException(Kind.BUSY, 429, "", "quota", Duration.ofSeconds(33), null);
    assertThat(gate.busy(FLASH, asked).until()).isEqualTo(clock.instant().plusSeconds(33));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aRefusedKeyStopsTheAccount(int code) {
    refuse(FLASH, "a", code);
    assertThat(held(PRO, "b")).contains(Reason.STOPPED);
    assertThat(gate.stopped()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 412})
  void anotherRefusalStopsTheModel(int code) {
    refuse(FLASH, "a", code);
    assertThat(held(FLASH, "b")).contains(Reason.STOPPED);
    assertThat(held(PRO, "b")).isEmpty();
    assertThat(gate.enter(FLASH, "b"))
        .hasValueSatisfying(
            hold ->
                assertThat(hold.refusal())
                    .hasValueSatisfying(e -> assertThat(e.code()).isEqualTo(code)));
  }

  @Test
  void oneBatchProbesAndWhenItPassesAllGoOn() {
    refuse(FLASH, "a", 403);
    clock.advance(Duration.ofSeconds(10));
    assertThat(held(PRO, "b")).as("the probe").isEmpty();
    assertThat(held(FLASH, "c")).as("while it is on its way").contains(Reason.STOPPED);
    gate.passed(PRO);
    gate.leave("b");
    assertThat(held(FLASH, "a")).isEmpty();
    assertThat(held(FLASH, "c")).isEmpty();
    assertThat(gate.stopped()).isZero();
  }

  @Test
  void aProbeThatIsRefusedMakesAllWaitLonger() {
    refuse(FLASH, "a", 403);
    clock.advance(Duration.ofSeconds(10));
    refuse(FLASH, "b", 403);
    clock.advance(Duration.ofSeconds(15));
    assertThat(held(FLASH, "c")).contains(Reason.STOPPED);
    assertThat(gate.stopped()).isEqualTo(1);
  }

  @Test
  void theLastProbeLetsOthersGoFirst() {
    refuse(FLASH, "bad", 400);
    clock.advance(Duration.ofSeconds(10));
    assertThat(held(FLASH, "bad")).contains(Reason.STOPPED);
    assertThat(held(FLASH, "good")).isEmpty();
    gate.leave("good");
    clock.advance(LaneGate.AFTER_OTHERS);
    assertThat(held(FLASH, "bad")).isEmpty();
  }

  /** Each prober holds a file at the provider. */
  @Test
  void onlyAFewTakeTurnsAtProbingUnlessTheyHaveGone() {
    for (String id : new String[] {"a", "b", "c"}) {
      refuse(FLASH, id, 400);
      clock.advance(Duration.ofSeconds(40));
    }
    assertThat(held(FLASH, "d")).contains(Reason.STOPPED);
    assertThat(held(FLASH, "a")).isEmpty();
    gate.leave("a");
    clock.advance(LaneGate.PROBERS_GONE);
    assertThat(held(FLASH, "d")).isEmpty();
    refuse(FLASH, "d", 400);
    clock.advance(Duration.ofSeconds(40));
    assertThat(held(FLASH, "e")).as("the next few").isEmpty();
  }

  @Test
  void aProbeThatEndsWithoutAnAnswerMakesRoomForAnother() {
    refuse(FLASH, "a", 400);
    clock.advance(Duration.ofSeconds(10));
    assertThat(held(FLASH, "b")).isEmpty();
    gate.leave("b");
    assertThat(held(FLASH, "c")).isEmpty();
  }
}
