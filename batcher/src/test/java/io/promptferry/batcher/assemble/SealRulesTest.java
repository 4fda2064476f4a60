package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.records.Attempt;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealRulesTest {

  private static final Instant OPENED = ManualClock.START;
  private static final Slice TEN = Slices.of(Slices.FLASH, 0, 10).build();
  private static final int TEN_SPAN = SealRules.spanBytes(TEN);

  private final SealRules rules =
      new SealRules(
          new BatchLimits(100, 1_000, 100, 1_024, Duration.ofMinutes(5), Duration.ofMinutes(60)));

  private static OpenBatch.Builder open() {
    return OpenBatch.newBuilder()
        .setBatchId("id")
        .setSlices(1)
        .setCount(0)
        .setBytes(0)
        .setTokens(0)
        .setSpanBytes(0)
        .setLane(Slices.FLASH)
        .setOpenedAt(OPENED);
  }

  /** When nothing is parked that is due. */
  private Optional<SealReason> due(OpenBatch batch, Instant now) {
    return rules.due(batch, now, now);
  }

  /** A slice of 10 prompts, 100 bytes, 10 tokens beside what the batch holds. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "90, 900, 90, 0, -", // all limits reached exactly
        "91, 900, 90, 0, REQUESTS",
        "90, 901, 90, 0, BYTES",
        "90, 900, 91, 0, TOKENS",
        "90, 900, 90, 1000, SPAN_BYTES",
        "100, 1000, 100, 1024, REQUESTS",
      })
  void aSliceThatWouldBreakALimitClosesTheBatchFirst(
      int count, long bytes, long tokens, long spanBytes, SealReason reason) {
    OpenBatch batch =
        open().setCount(count).setBytes(bytes).setTokens(tokens).setSpanBytes(spanBytes).build();
    if (reason == null) {
      assertThat(rules.overflow(batch, TEN)).isEmpty();
    } else {
      assertThat(rules.overflow(batch, TEN)).contains(reason);
    }
  }

  @Test
  void theSpanBytesMayBeFilledExactly() {
    assertThat(rules.overflow(open().setSpanBytes(1_024 - TEN_SPAN).build(), TEN)).isEmpty();
    assertThat(rules.overflow(open().setSpanBytes(1_025 - TEN_SPAN).build(), TEN))
        .contains(SealReason.SPAN_BYTES);
  }

  @Test
  void aMergedBatchGoesOnWhereItHasAQuarterFree() {
    assertThat(rules.overflowMerged(open().setSpanBytes(768).build(), TEN)).isEmpty();
    assertThat(rules.overflowMerged(open().setSpanBytes(769).build(), TEN))
        .contains(SealReason.SPAN_BYTES);
  }

  @Test
  void aMergedBatchIsClosedByAllThatClosesOthers() {
    assertThat(rules.overflowMerged(open().setCount(91).build(), TEN))
        .contains(SealReason.REQUESTS);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "99, 999, 99, 1024, -", // the next slice may be a neighbour
        "100, 999, 99, 1024, REQUESTS",
        "99, 1000, 99, 1024, BYTES",
        "99, 999, 100, 1024, TOKENS",
        "99, 999, 99, 1025, SPAN_BYTES",
      })
  void aLimitReachedExactlyClosesTheBatch(
      int count, long bytes, long tokens, long spanBytes, SealReason reason) {
    OpenBatch batch =
        open().setCount(count).setBytes(bytes).setTokens(tokens).setSpanBytes(spanBytes).build();
    if (reason == null) {
      assertThat(rules.reached(batch, TEN)).isEmpty();
    } else {
      assertThat(rules.reached(batch, TEN)).contains(reason);
    }
  }

  @Test
  void aSliceMayAskForIt() {
    Slice urgent = Slices.of(Slices.FLASH, 0, 1).setSealAtOnce(true).build();
    assertThat(rules.reached(open().setCount(1).build(), urgent)).contains(SealReason.AT_ONCE);
    assertThat(rules.overflow(open().setCount(1).build(), urgent)).isEmpty();
  }

  @Test
  void lingeringEndsToTheMillisecond() {
    OpenBatch batch = open().build();
    assertThat(due(batch, OPENED.plus(Duration.ofMinutes(5)).minusMillis(1))).isEmpty();
    assertThat(due(batch, OPENED.plus(Duration.ofMinutes(5)))).contains(SealReason.LINGER);
  }

  @Test
  void aDeadlineClosesTheBatchAMarginBefore() {
    Instant deadline = OPENED.plus(Duration.ofMinutes(62));
    OpenBatch batch = open().setDeadline(deadline).build();
    assertThat(due(batch, deadline.minus(Duration.ofMinutes(60)).minusMillis(1))).isEmpty();
    assertThat(due(batch, deadline.minus(Duration.ofMinutes(60)))).contains(SealReason.DEADLINE);
    assertThat(due(batch, deadline.plusSeconds(1))).contains(SealReason.DEADLINE);
  }

  @Test
  void aFarDeadlineLeavesTheLingerAlone() {
    OpenBatch batch = open().setDeadline(OPENED.plus(Duration.ofDays(1))).build();
    assertThat(due(batch, OPENED.plus(Duration.ofMinutes(5)))).contains(SealReason.LINGER);
  }

  @Test
  void theEndOfTheWindowClosesTheBatch() {
    Instant end = OPENED.plus(Duration.ofMinutes(3));
    OpenBatch batch = open().setClosesAt(end).build();
    assertThat(due(batch, end.minusMillis(1))).isEmpty();
    assertThat(due(batch, end)).contains(SealReason.SCHEDULE);
    assertThat(due(batch, end.plus(Duration.ofDays(1)))).contains(SealReason.SCHEDULE);
  }

  @Test
  void theEndOfTheWindowWaitsForWhatIsStillReleasedUnlessItLingersTooLong() {
    OpenBatch batch = open().setClosesAt(OPENED).build();
    Instant soon = OPENED.plus(Duration.ofMinutes(4));
    assertThat(rules.due(batch, soon, OPENED.minusMillis(1))).isEmpty();
    assertThat(rules.due(batch, soon, OPENED)).contains(SealReason.SCHEDULE);
    assertThat(rules.due(batch, OPENED.plus(Duration.ofMinutes(5)), OPENED.minusMillis(1)))
        .contains(SealReason.LINGER);
  }

  @Test
  void aFullBatchIsNamedSoEvenWhenASliceAsksForIt() {
    Slice urgent = Slices.of(Slices.FLASH, 0, 1).setSealAtOnce(true).build();
    assertThat(rules.reached(open().setCount(100).build(), urgent)).contains(SealReason.REQUESTS);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "100, 1000, 100, -",
        "101, 1000, 100, REQUESTS",
        "100, 1001, 100, BYTES",
        "100, 1000, 101, TOKENS"
      })
  void aSliceMayBeTooLargeByItself(int count, long bytes, long tokens, SealReason reason) {
    Slice slice = Slices.of(Slices.FLASH, 0, count).setBytes(bytes).setTokens(tokens).build();
    assertThat(rules.oversized(slice)).isEqualTo(Optional.ofNullable(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "50, 100, 20, 0.5",
    "10, 250, 20, 0.25",
    "10, 100, 75, 0.75",
    "100, 1000, 100, 1.0",
    "101, 0, 0, 1.0",
    "0, 0, 0, 0.0"
  })
  void aBatchIsAsFullAsTheLimitItIsNearestTo(int count, long bytes, long tokens, double fill) {
    OpenBatch batch = open().setCount(count).setBytes(bytes).setTokens(tokens).build();
    assertThat(rules.fill(batch)).isEqualTo(fill);
  }

  @Test
  void theEstimateOfSpanBytesIsNeverBelowWhatTheRecordTakes() throws IOException {
    Attempt attempt =
        Attempt.newBuilder()
            .setBatchId("20260131-235959-k3f9x2ab")
            .setJob("batches/" + "j".repeat(40))
            .setReason("NO_RESULT")
            .setCode(13)
            .build();
    for (Span span :
        List.of(
            Slices.span(0, 0, 0),
            Slices.span(Integer.MAX_VALUE, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 9),
            Span.newBuilder(Slices.span(1, 5, 9))
                .setAttempt(2)
                .setHistory(List.of(attempt))
                .build(),
            Span.newBuilder(Slices.span(1, 5, 9))
                .setAttempt(4)
                .setHistory(List.of(attempt, attempt, attempt))
                .build())) {
      Slice slice = Slices.of(Slices.FLASH, 0, 1).setSpan(span).build();
      assertThat(SealRules.spanBytes(slice)).isGreaterThanOrEqualTo(encoded(span));
    }
  }

  static int encoded(Span span) throws IOException {
    var out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new SpecificDatumWriter<>(Span.class).write(span, encoder);
    encoder.flush();
    return out.size();
  }
}
