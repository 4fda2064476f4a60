package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Attempt;
import io.promptferry.records.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SpansTest {

  @Test
  void neighboursBecomeOneRun() {
    assertThat(runs(span(-1, new Run(0, 4)), span(4, new Run(5, 9))))
        .containsExactly(new Run(0, 9));
  }

  @Test
  void neighboursJoinAcrossMarkers() {
    // 5 and 6 are markers: what the second span saw just before it is 4.
    assertThat(runs(span(-1, new Run(0, 4)), span(4, new Run(7, 9), new Run(12, 12))))
        .containsExactly(new Run(0, 9), new Run(12, 12));
  }

  @Test
  void spansWithAnotherLanesRecordBetweenDoNotJoin() {
    assertThat(runs(span(-1, new Run(0, 4)), span(5, new Run(6, 9))))
        .containsExactly(new Run(0, 4), new Run(6, 9));
  }

  @Test
  void spansDoNotJoinWhenWhatStandsBeforeIsUnknown() {
    assertThat(runs(span(-1, new Run(0, 4)), span(-1, new Run(5, 9))))
        .containsExactly(new Run(0, 4), new Run(5, 9));
  }

  @Test
  void onlyTheLastRunBeforeCanBeContinued() {
    assertThat(runs(span(-1, new Run(0, 1), new Run(3, 4)), span(4, new Run(5, 5))))
        .containsExactly(new Run(0, 1), new Run(3, 5));
  }

  @Test
  void orderOfArrivalDoesNotMatter() {
    assertThat(runs(span(4, new Run(5, 9)), span(-1, new Run(0, 4))))
        .containsExactly(new Run(0, 9));
  }

  @Test
  void spansThatLieBetweenEachOthersRunsAreSorted() {
    assertThat(
            runs(
                span(-1, new Run(0, 1), new Run(20, 21)),
                span(8, new Run(9, 9), new Run(11, 11)),
                span(1, new Run(2, 3))))
        .containsExactly(new Run(0, 3), new Run(9, 9), new Run(11, 11), new Run(20, 21));
  }

  @Test
  void whatStandsBeforeTheFirstStaysKnown() {
    assertThat(merge(List.of(span(12, new Run(14, 15)), span(3, new Run(4, 9)))))
        .singleElement()
        .extracting(Span::getAfter)
        .isEqualTo(3L);
  }

  @Test
  void differentPlacesAndAttemptsStayApartInOrderOfAppearance() {
    Span plain = span(-1, new Run(0, 0));
    Attempt tried = Attempt.newBuilder().setBatchId("b").setReason("JOB_FAILED").build();
    List<Span> apart =
        List.of(
            Span.newBuilder(plain).setTopic("other").build(),
            plain,
            Span.newBuilder(plain).setTopicId("made anew").build(),
            Span.newBuilder(plain).setPartition(1).build(),
            Span.newBuilder(plain).setAttempt(2).build(),
            Span.newBuilder(plain).setAttempt(2).setHistory(List.of(tried)).build());
    assertThat(merge(apart)).isEqualTo(apart);
  }

  @Test
  void anOffsetHeldTwiceIsNamedOnceAndReported() {
    var overlaps = new ArrayList<Spans.Overlap>();
    Span first = span(-1, new Run(0, 4), new Run(8, 20));
    Span copy = span(2, new Run(3, 6), new Run(10, 12), new Run(20, 20), new Run(22, 23));

    List<Span> merged = Spans.merge(List.of(first, copy), overlaps::add);

    assertThat(merged).hasSize(1);
    assertThat(Runs.decode(merged.get(0).getRuns()))
        .containsExactly(new Run(0, 6), new Run(8, 20), new Run(22, 23));
    assertThat(merged.get(0).getCount()).isEqualTo(first.getCount() + copy.getCount());
    assertThat(overlaps)
        .containsExactly(
            new Spans.Overlap("prompts", 0, new Run(3, 4)),
            new Spans.Overlap("prompts", 0, new Run(10, 12)),
            new Spans.Overlap("prompts", 0, new Run(20, 20)));
  }

  @Test
  void aSpanHeldTwiceIsOne() {
    Span span = span(3, new Run(4, 9), new Run(11, 11));
    assertThat(Spans.merge(List.of(span, span), overlap -> {}))
        .singleElement()
        .extracting(Span::getRuns)
        .isEqualTo(span.getRuns());
  }

  @Test
  void nothingIsNothing() {
    assertThat(merge(List.of())).isEmpty();
  }

  @RepeatedTest(50)
  void offsetsAndCountsAreKept() {
    long seed = new Random().nextLong();
    var log = new RandomLog(new Random(seed));
    List<Span> spans = log.slices();

    List<Span> merged = merge(spans);

    assertThat(log.offsetsByLane(merged)).as("seed %d", seed).isEqualTo(log.offsetsByLane(spans));
    assertThat(merged.stream().mapToInt(Span::getCount).sum())
        .as("seed %d", seed)
        .isEqualTo(spans.stream().mapToInt(Span::getCount).sum());
    assertThat(merged).as("seed %d", seed).hasSameSizeAs(log.offsetsByLane(spans).keySet());
    assertThat(merge(merged)).as("seed %d", seed).isEqualTo(merged);
  }

  /** A partition with visible records and markers, whose records are dealt to lanes and slices. */
  private static final class RandomLog {
    private static final int LANES = 3;
    private final TreeSet<Long> visible = new TreeSet<>();
    private final List<Span> slices = new ArrayList<>();

    RandomLog(Random random) {
      var open = new HashMap<Integer, SpanBuilder>();
      long previous = -1;
      int length = 1 + random.nextInt(200);
      for (long offset = 0; offset < length; offset++) {
        if (random.nextInt(5) == 0) {
          continue; // a marker
        }
        visible.add(offset);
        // Two writers to a lane, so that its slices lie between each other.
        int writer = random.nextInt(2 * LANES);
        long before = previous;
        SpanBuilder builder =
            open.computeIfAbsent(writer, key -> new SpanBuilder("prompts", "", writer / 2, before));
        builder.add(offset, previous);
        previous = offset;
        if (random.nextInt(6) == 0) {
          open.remove(writer);
          slices.add(builder.build());
        }
      }
      open.values().forEach(builder -> slices.add(builder.build()));
      Collections.shuffle(slices, random);
    }

    /** The lane stands in the partition's number; all lanes share one partition's offsets. */
    List<Span> slices() {
      return slices;
    }

    Map<Integer, Set<Long>> offsetsByLane(List<Span> spans) {
      var offsets = new HashMap<Integer, Set<Long>>();
      for (Span span : spans) {
        var lane = offsets.computeIfAbsent(span.getPartition(), key -> new TreeSet<>());
        for (Run run : Runs.decode(span.getRuns())) {
          lane.addAll(visible.subSet(run.first(), true, run.last(), true));
        }
      }
      return offsets;
    }
  }

  /** Merges spans that do not overlap. */
  private static List<Span> merge(List<Span> spans) {
    var overlaps = new ArrayList<Spans.Overlap>();
    List<Span> merged = Spans.merge(spans, overlaps::add);
    assertThat(overlaps).isEmpty();
    return merged;
  }

  private static List<Run> runs(Span... spans) {
    List<Span> merged = merge(List.of(spans));
    assertThat(merged).hasSize(1);
    return Runs.decode(merged.get(0).getRuns());
  }

  private static Span span(long after, Run... runs) {
    int count = 0;
    for (Run run : runs) {
      count += (int) (run.last() - run.first() + 1);
    }
    return Span.newBuilder()
        .setTopic("prompts")
        .setPartition(0)
        .setAfter(after)
        .setRuns(Runs.encode(List.of(runs)))
        .setCount(count)
        .build();
  }
}
