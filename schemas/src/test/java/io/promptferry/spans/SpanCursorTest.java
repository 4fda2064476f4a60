package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.Span;
import io.promptferry.spans.SpanCursor.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpanCursorTest {

  private static final TopicPartition P0 = new TopicPartition("prompts", 0);
  private static final TopicPartition P1 = new TopicPartition("prompts", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LogConsumer consumer = new LogConsumer();
  private Optional<String> topicId = Optional.of("topic-id");

  @Test
  void readsWhatIsInTheRunsAndNothingElse() {
    consumer.log(P0, 1_000, offset -> true);
    assertThat(read(span(P0, new Run(3, 4), new Run(6, 6), new Run(250, 252))))
        .containsExactly("0:3", "0:4", "0:6", "0:250", "0:251", "0:252");
  }

  @Test
  void hitsAreTheLogsRecords() {
    consumer.log(P1, 10, offset -> true);
    SpanCursor.Hit hit = cursor(Position.START, span(P1, new Run(7, 7))).next();
    assertThat(hit.record().topic()).isEqualTo("prompts");
    assertThat(hit.record().partition()).isEqualTo(1);
    assertThat(hit.record().offset()).isEqualTo(7);
  }

  @Test
  void nearRunsAreReachedByReadingOnAndFarOnesBySeeking() {
    consumer.log(P0, 40_000, offset -> true);
    assertThat(read(span(P0, new Run(5, 5), new Run(9_000, 9_000), new Run(30_000, 30_001))))
        .containsExactly("0:5", "0:9000", "0:30000", "0:30001");
    assertThat(consumer.seeks()).containsExactly(5L, 30_000L);
    assertThat(consumer.passed()).isLessThan(10_000);
  }

  @Test
  void partitionsAreReadInTheOrderInWhichTheyFirstAppear() {
    consumer.log(P0, 100, offset -> true);
    consumer.log(P1, 100, offset -> true);
    assertThat(read(span(P1, new Run(50, 51)), span(P0, new Run(2, 2)), span(P1, new Run(7, 7))))
        .containsExactly("2:7", "0:50", "0:51", "1:2");
  }

  @Test
  void spansOfOnePartitionAreReadInOnePassInOrderOfOffset() {
    consumer.log(P0, 40_000, offset -> true);
    assertThat(
            read(
                span(P0, new Run(6, 7), new Run(9, 9), new Run(30_001, 30_001)),
                span(P0, new Run(5, 5), new Run(8, 8)),
                span(P0, new Run(10, 10), new Run(30_000, 30_000))))
        .containsExactly("1:5", "0:6", "0:7", "1:8", "0:9", "2:10", "2:30000", "0:30001");
    assertThat(consumer.seeks()).containsExactly(5L, 30_000L);
    assertThat(consumer.passed()).isLessThan(500);
  }

  @Test
  void aHitSaysInWhichRunItLiesAndWhereToGoOn() {
    consumer.log(P0, 100, offset -> true);
    consumer.log(P1, 100, offset -> true);
    Run[] runs = {new Run(2, 2), new Run(8, 9), new Run(4, 5)};
    SpanCursor cursor =
        cursor(Position.START, span(P0, runs[0]), span(P1, runs[1]), span(P1, runs[2]));
    var runsHit = new ArrayList<Run>();
    var positions = new ArrayList<Position>();
    cursor.forEachRemaining(
        hit -> {
          runsHit.add(hit.run());
          positions.add(hit.next());
        });
    assertThat(runsHit).containsExactly(runs[0], runs[2], runs[2], runs[1], runs[1]);
    assertThat(positions)
        .containsExactly(
            new Position(0, 3),
            new Position(1, 5),
            new Position(1, 6),
            new Position(1, 9),
            new Position(1, 10))
        .isSorted();
  }

  @Test
  void goesOnInTheMiddleOfAPartitionWithAllItsSpans() {
    consumer.log(P0, 100, offset -> true);
    consumer.log(P1, 100, offset -> true);
    Span[] spans = {
      span(P0, new Run(0, 9)),
      span(P1, new Run(1, 2), new Run(6, 7)),
      span(P0, new Run(20, 20)),
      span(P1, new Run(3, 4), new Run(9, 9))
    };
    assertThat(read(cursor(new Position(1, 4), spans))).containsExactly("3:4", "1:6", "1:7", "3:9");
    assertThat(read(cursor(new Position(1, 8), spans))).containsExactly("3:9");
    assertThat(read(cursor(new Position(0, 10), spans)))
        .containsExactly("2:20", "1:1", "1:2", "3:3", "3:4", "1:6", "1:7", "3:9");
  }

  /** Such a receipt stands only where another version read span after span. */
  @Test
  void aPositionThatNoReaderOfTheListComesToIsRefused() {
    Span[] spans = {span(P0, new Run(0, 9)), span(P1, new Run(1, 2)), span(P0, new Run(20, 20))};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cursor(new Position(2, 20), spans))
        .withMessageContaining("Position[span=2, offset=20] is read together with an earlier span");
  }

  @Test
  void anOffsetOfTwoSpansIsReadOnce() {
    consumer.log(P0, 100, offset -> true);
    assertThat(read(span(P0, new Run(4, 8)), span(P0, new Run(2, 5), new Run(7, 7))))
        .containsExactly("1:2", "1:3", "1:4", "1:5", "0:6", "0:7", "0:8");
  }

  /** A topic that was deleted and made anew has two ids and one name. */
  @Test
  void aTopicThatIsGoneIsPassedOverWithAllItsSpans() {
    consumer.log(P0, 100, offset -> true);
    Span[] spans = {
      of("old", span(P0, new Run(1, 1), new Run(5, 5))),
      of("new", span(P0, new Run(2, 2), new Run(6, 6))),
      of("old", span(P0, new Run(3, 3))),
      of("new", span(P0, new Run(4, 4)))
    };
    topicId = Optional.of("new");
    assertThat(read(spans)).containsExactly("1:2", "3:4", "1:6");
    topicId = Optional.empty();
    assertThat(read(spans)).isEmpty();
  }

  private static Span of(String topicId, Span span) {
    span.setTopicId(topicId);
    return span;
  }

  @Test
  void startsInTheMiddleOfARun() {
    consumer.log(P0, 100, offset -> true);
    consumer.log(P1, 100, offset -> true);
    Span[] spans = {span(P0, new Run(0, 9)), span(P1, new Run(1, 3), new Run(5, 8))};
    assertThat(read(cursor(new Position(1, 6), spans))).containsExactly("1:6", "1:7", "1:8");
    assertThat(read(cursor(new Position(1, 4), spans))).containsExactly("1:5", "1:6", "1:7", "1:8");
  }

  @Test
  void startsAtTheNextSpanWhenThisOneIsDone() {
    consumer.log(P0, 100, offset -> true);
    consumer.log(P1, 100, offset -> true);
    Span[] spans = {span(P0, new Run(0, 9)), span(P1, new Run(1, 2))};
    assertThat(read(cursor(new Position(0, 10), spans))).containsExactly("1:1", "1:2");
  }

  @Test
  void anEndedListHasNothing() {
    SpanCursor cursor = cursor(new Position(1, 0), span(P0, new Run(0, 9)));
    assertThat(cursor.hasNext()).isFalse();
    assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void markersInsideARunArePassedOver() {
    consumer.log(P0, 1_000, offset -> offset % 3 == 0);
    assertThat(read(span(P0, new Run(3, 6), new Run(12, 15))))
        .containsExactly("0:3", "0:6", "0:12", "0:15");
  }

  @Test
  void aRunMayEndInMarkersAtTheEndOfTheLog() {
    consumer.log(P0, 500, offset -> offset < 8);
    consumer.log(P1, 10, offset -> true);
    assertThat(read(span(P0, new Run(6, 499)), span(P1, new Run(0, 0))))
        .containsExactly("0:6", "0:7", "1:0");
  }

  @Test
  void whatRetentionRemovedIsPassedOver() {
    consumer.log(P0, 100, offset -> true);
    consumer.removeBefore(P0, 7);
    assertThat(read(span(P0, new Run(0, 3), new Run(5, 8), new Run(12, 12))))
        .containsExactly("0:7", "0:8", "0:12");
  }

  @Test
  void aSpanThatIsGoneAltogetherIsPassedOver() {
    consumer.log(P0, 100_000, offset -> true);
    consumer.log(P1, 10, offset -> true);
    consumer.removeBefore(P0, 90_000);
    assertThat(read(span(P0, new Run(0, 3), new Run(20_000, 20_001)), span(P1, new Run(4, 4))))
        .containsExactly("1:4");
  }

  @Test
  void aSpanBeyondTheEndOfAShorterLogIsPassedOver() {
    consumer.log(P0, 5, offset -> true);
    consumer.log(P1, 10, offset -> true);
    assertThat(read(span(P0, new Run(6, 9), new Run(12, 12)), span(P1, new Run(4, 4))))
        .containsExactly("1:4");
  }

  @Test
  void patienceEndsInAnErrorThatSaysWhere() {
    consumer.log(P0, 100, offset -> true);
    consumer.slowDown(0);
    SpanCursor cursor = cursor(Position.START, span(P0, new Run(3, 9)));
    assertThatIllegalStateException()
        .isThrownBy(cursor::hasNext)
        .withMessage("no record of prompts-0 at offset 3 within PT5S: is the broker reachable?");
    assertThat(consumer.clock().millis()).isBetween(PATIENCE.toMillis(), PATIENCE.toMillis() + 200);
  }

  @Test
  void patienceBeginsAnewWithEachRecord() {
    consumer.log(P0, 100, offset -> true);
    // Four seconds for each record.
    consumer.slowDown(40);
    assertThat(read(span(P0, new Run(3, 6)))).hasSize(4);
    assertThat(consumer.clock().millis()).isGreaterThan(2 * PATIENCE.toMillis());
  }

  @RepeatedTest(30)
  void readsTheSameFromEveryPosition() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    int gap = 1 + random.nextInt(5);
    consumer.log(P0, 60_000, offset -> offset % gap == 0);
    consumer.log(P1, 60_000, offset -> offset % (gap + 1) != 0);
    Span[] spans = {
      randomSpan(P0, random), randomSpan(P1, random), randomSpan(P0, random), randomSpan(P1, random)
    };

    var expected = new ArrayList<String>();
    expected.addAll(inOrder(spans, offset -> offset % gap == 0, 0, 2));
    expected.addAll(inOrder(spans, offset -> offset % (gap + 1) != 0, 1, 3));
    var hits = new ArrayList<SpanCursor.Hit>();
    cursor(Position.START, spans).forEachRemaining(hits::add);
    assertThat(hits).extracting(SpanCursorTest::told).as("seed %d", seed).isEqualTo(expected);
    assertThat(hits).extracting(SpanCursor.Hit::next).as("seed %d", seed).isSorted();

    int done = random.nextInt(expected.size());
    assertThat(read(cursor(hits.get(done).next(), spans)))
        .as("seed %d", seed)
        .isEqualTo(expected.subList(done + 1, expected.size()));
  }

  /** What two spans of one partition hold; an offset of both is the one's whose run is first. */
  private static Collection<String> inOrder(
      Span[] spans, LongPredicate visible, int one, int other) {
    record Leg(int span, Run run) {}
    var legs = new ArrayList<Leg>();
    for (int span : new int[] {one, other}) {
      Runs.decode(spans[span].getRuns()).forEach(run -> legs.add(new Leg(span, run)));
    }
    legs.sort(Comparator.comparingLong(leg -> leg.run().first()));
    var labels = new TreeMap<Long, String>();
    for (Leg leg : legs) {
      LongStream.rangeClosed(leg.run().first(), leg.run().last())
          .filter(visible)
          .forEach(offset -> labels.putIfAbsent(offset, leg.span() + ":" + offset));
    }
    return labels.values();
  }

  private static Span randomSpan(TopicPartition partition, Random random) {
    var runs = new ArrayList<Run>();
    long end = random.nextInt(100);
    // The first run is long enough to hold a visible record whatever the gap.
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      long first = end + random.nextInt(13_000);
      runs.add(new Run(first, first + 5 + random.nextInt(300)));
      end = runs.get(runs.size() - 1).last() + 1;
    }
    return span(partition, runs.toArray(new Run[0]));
  }

  private List<String> read(Span... spans) {
    return read(cursor(Position.START, spans));
  }

  private static List<String> read(SpanCursor cursor) {
    var hits = new ArrayList<String>();
    cursor.forEachRemaining(hit -> hits.add(told(hit)));
    return hits;
  }

  private static String told(SpanCursor.Hit hit) {
    return hit.span() + ":" + hit.record().offset();
  }

  private SpanCursor cursor(Position start, Span... spans) {
    return new SpanCursor(
        consumer, List.of(spans), start, topic -> topicId, PATIENCE, consumer.clock());
  }

  private static Span span(TopicPartition partition, Run... runs) {
    return Span.newBuilder()
        .setTopic(partition.topic())
        .setPartition(partition.partition())
        .setRuns(Runs.encode(List.of(runs)))
        .setCount(runs.length)
        .build();
  }
}
