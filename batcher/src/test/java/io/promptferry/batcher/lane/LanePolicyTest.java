package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Slice;
import io.promptferry.spans.SpanBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a slice may go: its own time, its deadline and its lane's schedule. */
class LanePolicyTest {

  private static final Lane LANE = new Lane("flash", "default", LaneKind.RETRY, Map.of());
  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
  private static final Instant NIGHT = Instant.parse("2026-05-02T02:00:00Z");
  private static final Duration MARGIN = Duration.ofHours(1);

  private final LanePolicy always = policy("");
  private final LanePolicy nightly = policy("0 2 * * *");

  private static LanePolicy policy(String cron) {
    return Policies.from(
            Map.of("batch.schedule.cron", cron, "batch.deadline.margin.ms", "" + MARGIN.toMillis()))
        .of(LANE);
  }

  private static Slice slice(@Nullable Instant notBefore, @Nullable Instant deadline) {
    var span = new SpanBuilder("prompts", "", 0, -1);
    span.add(0, -1);
    return Slice.newBuilder()
        .setLane(LANE)
        .setSpan(span.build())
        .setBytes(1)
        .setTokens(1)
        .setNotBefore(notBefore)
        .setDeadline(deadline)
        .build();
  }

  private static Admission later(Instant until) {
    return new Admission.Later(until);
  }

  @Test
  void itsOwnTimeComesFirstEvenBeforeADeadline() {
    Slice slice = slice(NOON.plusMillis(1), NOON);
    assertThat(always.admit(slice, NOON, NOON)).isEqualTo(later(NOON.plusMillis(1)));
    assertThat(always.admit(slice, NOON, NOON.plusMillis(1))).isEqualTo(new Admission.Now(null));
  }

  @Test
  void aMomentBeforeItsOwnTimeIsNotItsMoment() {
    Slice slice = slice(NIGHT.plusSeconds(1), null);
    assertThat(nightly.admit(slice, NOON, NIGHT.plusSeconds(2)))
        .isEqualTo(later(NIGHT.plus(Duration.ofDays(1))));
    assertThat(nightly.admit(slice(NIGHT, null), NOON, NIGHT.plusSeconds(2)))
        .isEqualTo(new Admission.Now(NIGHT));
  }

  @Test
  void aNearDeadlineBeatsTheSchedule() {
    assertThat(nightly.admit(slice(null, NOON.plus(MARGIN)), NOON, NOON))
        .isEqualTo(new Admission.Now(null));
    assertThat(nightly.admit(slice(null, NOON.minus(MARGIN)), NOON, NOON))
        .isEqualTo(new Admission.Now(null));
  }

  @Test
  void aDeadlineBeforeTheNextWindowEndsTheWaiting() {
    Instant deadline = NOON.plus(MARGIN).plusMillis(1);
    assertThat(nightly.admit(slice(null, deadline), NOON, NOON))
        .isEqualTo(later(NOON.plusMillis(1)));
    assertThat(nightly.admit(slice(null, NIGHT.plus(MARGIN).plusMillis(1)), NOON, NOON))
        .isEqualTo(later(NIGHT));
  }

  @Test
  void inItsWindowADeadlineChangesNothing() {
    assertThat(nightly.admit(slice(null, NIGHT), NOON, NIGHT)).isEqualTo(new Admission.Now(NIGHT));
    assertThat(always.admit(slice(null, NOON), NOON, NOON)).isEqualTo(new Admission.Now(null));
  }
}
