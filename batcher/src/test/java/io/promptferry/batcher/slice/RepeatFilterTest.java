package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the slices are read, and from when, and how far a partition is read again. */
class RepeatFilterTest {

  private static final TopicPartition P0 = new TopicPartition(Prompts.TOPIC, 0);
  private static final TopicPartition P1 = new TopicPartition(Prompts.TOPIC, 1);
  private static final TopicPartition P2 = new TopicPartition(Prompts.TOPIC, 2);
  private static final Duration WINDOW = Duration.ofHours(2);
  private static final int REACH = 5;

  /** One reading of the slices. */
  private record Reading(Instant since, Set<TopicPartition> wanted) {}

  private final ReplayConsumer consumer = new ReplayConsumer();
  private final List<Reading> readings = new ArrayList<>();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private boolean cutShort;
  private final RepeatFilter filter =
      new RepeatFilter(
          consumer,
          partition -> "id",
          (since, wanted) -> {
            readings.add(new Reading(since, Set.copyOf(wanted.keySet())));
            if (cutShort) {
              wanted.values().forEach(AcceptedOffsets::cutShort);
            }
          },
          new SliceBounds(false, 1, 1, WINDOW, REACH),
          new SliceMetrics(metrics));

  @BeforeEach
  void assign() {
    List<TopicPartition> all = List.of(P0, P1, P2);
    consumer.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L, P2, 0L));
    consumer.subscribe(List.of(Prompts.TOPIC));
    consumer.rebalance(all);
    all.forEach(partition -> consumer.seek(partition, 10));
  }

  /** Ten older records, and one at which the partition is taken up. */
  private ConsumerRecord<byte[], byte[]> atTen(TopicPartition partition, Duration ago) {
    Instant time = ManualClock.START.minus(ago);
    for (int offset = 0; offset < 10; offset++) {
      consumer.addRecord(
          Prompts.record(partition.partition(), offset, time, new byte[0], new byte[0]));
    }
    return Prompts.record(partition.partition(), 10, time, new byte[0], new byte[0]);
  }

  private Set<TopicPartition> show(ConsumerRecord<byte[], byte[]> record) {
    var partition = new TopicPartition(record.topic(), record.partition());
    return filter.rewind(new ConsumerRecords<>(Map.of(partition, List.of(record)), Map.of()));
  }

  private static Instant ago(Duration time) {
    return ManualClock.START.minus(time);
  }

  @Test
  void oneReadingOfTheSlicesServesAllPartitionsThatStandAtAboutTheSameTime() {
    assertThat(show(atTen(P0, Duration.ZERO))).containsExactly(P0);
    assertThat(show(atTen(P1, Duration.ofMinutes(60)))).containsExactly(P1);
    assertThat(show(atTen(P2, Duration.ofMinutes(-5)))).containsExactly(P2);
    // The window before the first, and an hour.
    assertThat(readings).containsExactly(new Reading(ago(Duration.ofHours(3)), Set.of(P0, P1, P2)));
  }

  @Test
  void aPartitionThatStandsFarBehindHasThemReadOnceMore() {
    show(atTen(P0, Duration.ZERO));
    show(atTen(P1, Duration.ofMinutes(61)));
    show(atTen(P2, Duration.ofMinutes(100)));
    assertThat(readings)
        .containsExactly(
            new Reading(ago(Duration.ofHours(3)), Set.of(P0, P1, P2)),
            new Reading(ago(Duration.ofMinutes(241)), Set.of(P1, P2)));
  }

  @Test
  void aPartitionThatComesLaterHasThemReadOnceMore() {
    show(atTen(P0, Duration.ZERO));
    consumer.rebalance(List.of(P0, P1));
    filter.forget(List.of(P2));
    consumer.rebalance(List.of(P0, P1, P2));
    consumer.seek(P2, 10);
    show(atTen(P2, Duration.ZERO));
    show(atTen(P1, Duration.ZERO));
    assertThat(readings)
        .extracting(Reading::wanted)
        .containsExactly(Set.of(P0, P1, P2), Set.of(P1, P2));
  }

  @Test
  void aPartitionIsReadAgainFromNoFurtherThanTheReach() {
    show(atTen(P0, Duration.ZERO));
    assertThat(consumer.position(P0)).isEqualTo(10 - REACH);
  }

  @Test
  void whereNothingLiesInTheWindowNothingIsReadAgain() {
    atTen(P0, WINDOW);
    Instant later = ManualClock.START.plusMillis(1);
    assertThat(show(Prompts.record(0, 10, later, new byte[0], new byte[0]))).isEmpty();
    assertThat(readings).isEmpty();
  }

  /** Then the doubt is paid for: none of them counts as accepted. */
  @Test
  void whatCouldNotBeReadInTimeIsCountedAsForgotten() {
    cutShort = true;
    ConsumerRecord<byte[], byte[]> first = atTen(P0, Duration.ZERO);
    show(first);
    for (int offset = 5; offset < 10; offset++) {
      String id = offset == 9 ? "" : "a" + offset;
      var record = Prompts.record(0, offset, ManualClock.START, new byte[0], new byte[0]);
      assertThat(filter.restores(P0, record, () -> id)).isTrue();
    }
    assertThat(filter.restores(P0, first, () -> "a5")).isFalse();
    assertThat(filter.repeats(P0, first, () -> "a5")).isFalse();
    filter.committed();
    assertThat(metrics.counter("promptferry.dedup.ids.forgotten").count()).isEqualTo(4);
  }
}
