package io.promptferry.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TopicScanTest {

  private static final TopicPartition ONE = new TopicPartition("t", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final TopicScan scan = new TopicScan(consumer, Clock.systemUTC(), line -> {});

  @AfterEach
  void close() {
    scan.close();
  }

  @Test
  void readsToTheEndAsItWasAndLaterGoesOn() {
    log(3, 7);
    deliver(3, 4, 5, 6, 7, 8);
    assertThat(read(record -> false)).containsExactly(3L, 4L, 5L, 6L);
    assertThat(read(record -> false)).isEmpty();
    log(3, 9);
    deliver(7, 8);
    assertThat(read(record -> false)).containsExactly(7L, 8L);
  }

  @Test
  void endsWhereOneIsEnoughAndLaterGoesOnBehindIt() {
    log(0, 4);
    deliver(0, 1, 2, 3);
    assertThat(read(record -> record.offset() == 1)).containsExactly(0L, 1L);
    deliver(2, 3);
    assertThat(read(record -> false)).containsExactly(2L, 3L);
  }

  @Test
  void otherTopicsAreLeftAlone() {
    log(0, 4);
    scan.read("u"::equals, Optional.empty(), record -> true);
    assertThat(consumer.assignment()).isEmpty();
  }

  @Test
  void aPlaceIsARecordOrGoneOrNoneYetOrNone() {
    log(3, 7);
    deliver(4);
    assertThat(scan.at(ONE, 4)).map(ConsumerRecord::offset).contains(4L);
    assertThat(scan.at(ONE, 2)).isEmpty();
    assertThatThrownBy(() -> scan.at(ONE, 7))
        .isInstanceOf(KafkaException.class)
        .hasMessage("nothing is committed at t-0-7 yet: the partition ends at 7");
    deliver(6);
    assertThatThrownBy(() -> scan.at(ONE, 5)).hasMessageStartingWith("no prompt stands at t-0-5");
    assertThatThrownBy(() -> scan.at(new TopicPartition("t", 1), 0))
        .hasMessageStartingWith("there is no partition t-1");
  }

  private void log(long beginning, long end) {
    var node = new Node(0, "h", 1);
    var nodes = new Node[] {node};
    consumer.updatePartitions("t", List.of(new PartitionInfo("t", 0, node, nodes, nodes)));
    consumer.updateBeginningOffsets(Map.of(ONE, beginning));
    consumer.updateEndOffsets(Map.of(ONE, end));
  }

  /** At the next poll, since only then partitions are assigned. */
  private void deliver(long... offsets) {
    consumer.schedulePollTask(
        () -> {
          for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>("t", 0, offset, new byte[0], new byte[0]));
          }
        });
  }

  private List<Long> read(Predicate<ConsumerRecord<byte[], byte[]>> enough) {
    var offsets = new ArrayList<Long>();
    scan.read(
        "t"::equals,
        Optional.empty(),
        record -> {
          offsets.add(record.offset());
          return enough.test(record);
        });
    return offsets;
  }
}
