package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InquiryTest {

  private static final Duration QUARANTINE = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();

  /** As real clocks do, it moves on between any two readings. */
  private final Clock ticking =
      new Clock() {
        @Override
        public Instant instant() {
          clock.advance(Duration.ofSeconds(1));
          return clock.instant();
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private static Inquiry inquiry(ScriptedProvider provider, Duration quarantine, Clock clock) {
    Job intent =
        Job.newBuilder()
            .setPhase(JobPhase.INTENT)
            .setBatch(Bench.batch())
            .setFile("files/a")
            .setAt(ManualClock.START)
            .build();
    var doubt = new Doubt(provider, new SimpleMeterRegistry());
    return new Inquiry(() -> doubt, intent, Bench.DISPLAY_NAME, quarantine, clock);
  }

  private ScriptedProvider provider(Script script) {
    return new ScriptedProvider(script, clock, Duration.ZERO);
  }

  @Test
  void believesAbsenceOnlyAfterTheQuarantine() {
    var script = new Script();
    ScriptedProvider provider = provider(script);
    Inquiry inquiry = inquiry(provider, QUARANTINE, clock);
    assertThat(inquiry.search().notBefore()).contains(ManualClock.START.plus(QUARANTINE));
    clock.advance(QUARANTINE.minusMillis(1));
    assertThat(inquiry.search().notBefore()).isPresent();
    assertThat(script.calls).containsExactly(Call.FIND, Call.DISCARD);
    RemoteJob late = provider.add("batches/1", Bench.DISPLAY_NAME, "PENDING", ManualClock.START);
    clock.advance(Duration.ofMillis(1));
    assertThat(inquiry.search())
        .isEqualTo(new Inquiry.Finding(Optional.of(late), Optional.empty()));
  }

  /** Whenever the clock passes the end of the quarantine, the last look is made. */
  @Test
  void neverTellsOfAbsenceWithoutTheLastLook() {
    for (int seconds = 0; seconds < 6; seconds++) {
      var script = new Script();
      Inquiry inquiry = inquiry(provider(script), Duration.ofSeconds(seconds), ticking);
      Inquiry.Finding found = inquiry.search();
      while (found.notBefore().isPresent()) {
        found = inquiry.search();
      }
      assertThat(found.job()).isEmpty();
      assertThat(script.calls).containsExactly(Call.FIND, Call.DISCARD, Call.FIND);
    }
  }

  @Test
  void whatWasDoneIsNotDoneAgainAfterAFailure() {
    Script script = Script.of(new Fault(2, Fate.UNKNOWN, 0));
    Inquiry inquiry = inquiry(provider(script), Duration.ZERO, clock);
    assertThatThrownBy(inquiry::search).isInstanceOf(ProviderException.class);
    assertThat(inquiry.search().job()).isEmpty();
    assertThat(script.calls).containsExactly(Call.FIND, Call.DISCARD, Call.FIND, Call.FIND);
  }
}
