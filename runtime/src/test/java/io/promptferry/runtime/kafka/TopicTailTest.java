package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.runtime.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopicTailTest {

  private static final TopicPartition P0 = new TopicPartition("receipts", 0);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ManualClock clock = new ManualClock();
  private final Reader reader = new Reader();
  private final Ends admin = new Ends();
  private final List<String> read = new ArrayList<>();

  /** A read_committed reader of a log whose end is told by the test; a poll takes its time. */
  private final class Reader extends MockConsumer<byte[], String> {
    private long visibleEnd;
    private long position = -1;
    private long start;

    Reader() {
      super("none");
    }

    @Override
    public synchronized void seekToBeginning(Collection<TopicPartition> partitions) {
      position = start;
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      position = offset;
    }

    @Override
    public synchronized long position(TopicPartition partition) {
      return position;
    }

    @Override
    public synchronized ConsumerRecords<byte[], String> poll(Duration timeout) {
      clock.advance(timeout);
      if (position >= visibleEnd) {
        return ConsumerRecords.empty();
      }
      // One offset at a time; each third is a marker.
      long offset = position++;
      if (offset % 3 == 2) {
        return ConsumerRecords.empty();
      }
      var record =
          new ConsumerRecord<>(
              P0.topic(), P0.partition(), offset, new byte[0], Long.toString(offset));
      return new ConsumerRecords<>(Map.of(P0, List.of(record)), Map.of());
    }
  }

  /** Answers the high watermark to those who read what is uncommitted, and less to others. */
  private static final class Ends extends MockAdminClient {
    private long highWatermark;
    private boolean silent;
    private long atTime = -1;

    @Override
    public synchronized ListOffsetsResult listOffsets(
        Map<TopicPartition, OffsetSpec> specs, ListOffsetsOptions options) {
      var answer = new KafkaFutureImpl<ListOffsetsResult.ListOffsetsResultInfo>();
      if (specs.get(P0) instanceof OffsetSpec.TimestampSpec) {
        answer.complete(new ListOffsetsResult.ListOffsetsResultInfo(atTime, -1, Optional.empty()));
      }
      boolean asked =
          options.isolationLevel() == IsolationLevel.READ_UNCOMMITTED
              && specs.get(P0) instanceof OffsetSpec.LatestSpec;
      if (!silent) {
        answer.complete(
            new ListOffsetsResult.ListOffsetsResultInfo(
                asked ? highWatermark : 0, -1, Optional.empty()));
      }
      return new ListOffsetsResult(Map.of(P0, answer));
    }
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void everyRecordUpToTheEndIsHandedOver() {
    log(0, 7, 7);
    read();
    assertThat(read).containsExactly("0", "1", "3", "4", "6");
  }

  @Test
  void theEndMayBeAMarker() {
    log(0, 6, 6);
    read();
    assertThat(read).containsExactly("0", "1", "3", "4");
  }

  @Test
  void retentionMayHaveTakenTheBeginning() {
    log(3, 7, 7);
    read();
    assertThat(read).containsExactly("3", "4", "6");
  }

  @Test
  void anEmptyPartitionIsReadAtOnce() {
    log(0, 0, 0);
    read();
    assertThat(read).isEmpty();
    assertThat(clock.millis()).isEqualTo(new ManualClock().millis());
  }

  @Test
  void recordsBehindAnOpenTransactionAreWaitedForAndNotLeftOut() {
    log(0, 4, 7);
    assertThatThrownBy(this::read)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("could not read receipts-0 to offset 7 within PT5S; stopped at 4");
  }

  @Test
  void aClusterThatDoesNotTellTheEndIsToldOf() {
    admin.silent = true;
    assertThatThrownBy(
            () -> TopicTail.read(reader, admin, P0, Duration.ofMillis(10), clock, record -> {}))
        .isInstanceOf(KafkaException.class)
        .hasMessage("cannot learn the offsets of receipts-0");
  }

  @Test
  void aReaderMayBeginAtATime() {
    log(0, 7, 7);
    admin.atTime = 3;
    readSince();
    assertThat(read).containsExactly("3", "4", "6");
  }

  @Test
  void nothingIsReadWhereNothingIsSoYoung() {
    log(0, 7, 7);
    readSince();
    assertThat(read).isEmpty();
  }

  private void readSince() {
    TopicTail.readSince(
        Instant.EPOCH, reader, admin, P0, TIMEOUT, clock, record -> read.add(record.value()));
  }

  private void log(long start, long visibleEnd, long highWatermark) {
    reader.start = start;
    reader.visibleEnd = visibleEnd;
    admin.highWatermark = highWatermark;
  }

  private void read() {
    TopicTail.read(reader, admin, P0, TIMEOUT, clock, record -> read.add(record.value()));
  }
}
