package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Slice;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionSlicerTest {

  private static final TopicPartition PARTITION = new TopicPartition("prompts", 5);
  private static final Lane FLASH = new Lane("flash", "default", LaneKind.NORMAL, Map.of());
  private static final Lane PRO = new Lane("pro", "default", LaneKind.NORMAL, Map.of());

  /** Twentieths of these: 3 prompts, 100 bytes, 10 tokens. */
  private static final BatchLimits LIMITS =
      new BatchLimits(60, 2_000, 200, 100_000, Duration.ofMinutes(1), Duration.ZERO);

  private final PartitionSlicer slicer =
      new PartitionSlicer(PARTITION, "topic-id", Policies.of(LIMITS));

  private static Intake.Accepted prompt(Lane lane) {
    return new Intake.Accepted("", lane, 10, 1, null);
  }

  private void accept(long offset, Intake.Accepted prompt) {
    slicer.add(offset, prompt);
  }

  private static List<Run> runs(Slice slice) {
    return Runs.decode(slice.getSpan().getRuns());
  }

  @Test
  void neighboursAreOneRunAndTheSliceTellsAllThatItHolds() {
    Instant early = ManualClock.START.plusSeconds(1);
    accept(7, new Intake.Accepted("", FLASH, 30, 3, early.plusSeconds(9)));
    accept(8, new Intake.Accepted("", FLASH, 20, 2, early));
    accept(9, new Intake.Accepted("", FLASH, 10, 1, null));
    assertThat(slicer.drain())
        .singleElement()
        .satisfies(
            slice -> {
              assertThat(slice.getLane()).isEqualTo(FLASH);
              assertThat(slice.getSpan().getTopic()).isEqualTo("prompts");
              assertThat(slice.getSpan().getTopicId()).isEqualTo("topic-id");
              assertThat(slice.getSpan().getPartition()).isEqualTo(5);
              assertThat(slice.getSpan().getAfter()).isEqualTo(-1);
              assertThat(slice.getSpan().getCount()).isEqualTo(3);
              assertThat(slice.getSpan().getAttempt()).isEqualTo(1);
              assertThat(runs(slice)).containsExactly(new Run(7, 9));
              assertThat(slice.getBytes()).isEqualTo(60);
              assertThat(slice.getTokens()).isEqualTo(6);
              assertThat(slice.getDeadline()).isEqualTo(early);
              assertThat(slice.getSealAtOnce()).isFalse();
            });
  }

  @Test
  void lanesAreInterleavedAndEachKeepsItsOwn() {
    accept(0, prompt(FLASH));
    accept(1, prompt(PRO));
    accept(2, prompt(FLASH));
    slicer.skip(3);
    accept(4, prompt(PRO));
    accept(5, prompt(PRO));
    List<Slice> slices = slicer.drain();
    assertThat(slices).extracting(Slice::getLane).containsExactly(FLASH, PRO);
    assertThat(runs(slices.get(0))).containsExactly(new Run(0, 0), new Run(2, 2));
    assertThat(runs(slices.get(1))).containsExactly(new Run(1, 1), new Run(4, 5));
    // Whatever stands before the first, of whatever lane.
    assertThat(slices).extracting(slice -> slice.getSpan().getAfter()).containsExactly(-1L, 0L);
  }

  @Test
  void transactionMarkersBetweenVisibleRecordsDoNotEndARun() {
    accept(10, prompt(FLASH));
    accept(12, prompt(FLASH));
    accept(15, prompt(FLASH));
    assertThat(slicer.drain())
        .singleElement()
        .satisfies(slice -> assertThat(runs(slice)).containsExactly(new Run(10, 15)));
  }

  @Test
  void whatGoesIntoNoSliceEndsARun() {
    accept(1, prompt(FLASH));
    slicer.skip(2);
    accept(3, prompt(FLASH));
    assertThat(slicer.drain())
        .singleElement()
        .satisfies(slice -> assertThat(runs(slice)).containsExactly(new Run(1, 1), new Run(3, 3)));
  }

  @Test
  void theSliceAfterACommitTellsWhatStoodBeforeIt() {
    accept(1, prompt(FLASH));
    slicer.drain();
    accept(4, prompt(FLASH));
    assertThat(slicer.drain())
        .singleElement()
        .satisfies(
            slice -> {
              assertThat(slice.getSpan().getAfter()).isEqualTo(1);
              assertThat(runs(slice)).containsExactly(new Run(4, 4));
            });
  }

  @Test
  void drainingEmptiesIt() {
    LongStream.range(0, 4).forEach(offset -> accept(offset, prompt(FLASH)));
    assertThat(slicer.drain()).hasSize(2);
    assertThat(slicer.drain()).isEmpty();
    assertThat(slicer.hasFull()).isFalse();
  }

  @Test
  void aSliceIsFullAtATwentiethOfTheRequests() {
    LongStream.range(0, 3).forEach(offset -> accept(offset, prompt(FLASH)));
    assertThat(slicer.hasFull()).isFalse();
    accept(3, prompt(FLASH));
    assertThat(slicer.hasFull()).isTrue();
    assertThat(slicer.drain())
        .extracting(slice -> slice.getSpan().getCount(), slice -> slice.getSpan().getAfter())
        .containsExactly(tuple(3, -1L), tuple(1, 2L));
  }

  @Test
  void aSliceIsFullAtATwentiethOfTheBytes() {
    accept(0, new Intake.Accepted("", FLASH, 60, 1, null));
    accept(1, new Intake.Accepted("", FLASH, 40, 1, null));
    assertThat(slicer.hasFull()).isFalse();
    accept(2, new Intake.Accepted("", FLASH, 1, 1, null));
    assertThat(slicer.drain()).extracting(Slice::getBytes).containsExactly(100L, 1L);
  }

  @Test
  void aSliceIsFullAtATwentiethOfTheTokens() {
    accept(0, new Intake.Accepted("", FLASH, 1, 6, null));
    accept(1, new Intake.Accepted("", FLASH, 1, 4, null));
    assertThat(slicer.hasFull()).isFalse();
    accept(2, new Intake.Accepted("", FLASH, 1, 1, null));
    assertThat(slicer.drain()).extracting(Slice::getTokens).containsExactly(10L, 1L);
  }

  @Test
  void aPromptLargerThanASlicesShareGoesAlone() {
    accept(0, new Intake.Accepted("", FLASH, 2_000, 200, null));
    accept(1, prompt(FLASH));
    assertThat(slicer.drain()).extracting(Slice::getBytes).containsExactly(2_000L, 10L);
  }

  /** However the lanes are mixed, the span list of a slice must leave a batch room for twenty. */
  @Test
  void aSliceIsFullAtATwentiethOfTheSpanBytes() {
    var limits =
        new BatchLimits(
            2_000_000, 1_000_000_000, 1_000_000, 20_000, Duration.ofMinutes(1), Duration.ZERO);
    var mixed = new PartitionSlicer(PARTITION, "", Policies.of(limits));
    var random = new Random(1);
    long offset = 0;
    for (int i = 0; i < 5_000; i++) {
      offset += 1 + random.nextInt(1_000_000);
      mixed.add(offset, prompt(i % 2 == 0 ? FLASH : PRO));
    }
    assertThat(mixed.drain())
        .allSatisfy(
            slice -> assertThat(slice.getSpan().getRuns().remaining()).isLessThanOrEqualTo(1_000));
  }
}
