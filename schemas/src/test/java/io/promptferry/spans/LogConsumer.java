package io.promptferry.spans;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * A read_committed consumer over logs in memory, with {@code auto.offset.reset=none}: it passes
 * over markers without a record, and refuses positions outside of a log. Kafka's mock hands each
 * record out once only, so it cannot seek back, and knows no markers.
 */
final class LogConsumer extends MockConsumer<byte[], byte[]> {

  private static final int PAGE = 100;

  private static final class Log {
    private final TreeSet<Long> visible = new TreeSet<>();
    private long start;
    private long end;
  }

  private final Map<TopicPartition, Log> logs = new HashMap<>();
  private final List<Long> seeks = new ArrayList<>();
  private final PollClock clock = new PollClock();
  private TopicPartition assigned = new TopicPartition("none", 0);
  private long position;
  private int passed;
  private int pollsForEachRecord = 1;
  private int polls;

  LogConsumer() {
    super("none");
  }

  /**
   * Fills a log with offsets from 0 up to the end; those that the predicate refuses are markers.
   */
  void log(TopicPartition partition, long end, LongPredicate visible) {
    var log = new Log();
    LongStream.range(0, end).filter(visible).forEach(log.visible::add);
    log.end = end;
    logs.put(partition, log);
  }

  /** Retention removes what stands before. */
  void removeBefore(TopicPartition partition, long start) {
    log(partition).start = start;
  }

  /** From now on one record is handed out only once in so many polls; 0: none ever is. */
  void slowDown(int pollsForEachRecord) {
    this.pollsForEachRecord = pollsForEachRecord;
  }

  /** Goes on by the time-out of each poll that finds nothing, and not else. */
  Clock clock() {
    return clock;
  }

  List<Long> seeks() {
    return seeks;
  }

  /** How many offsets were handed out or passed over. */
  int passed() {
    return passed;
  }

  @Override
  public synchronized void assign(Collection<TopicPartition> partitions) {
    assigned = partitions.iterator().next();
    position = -1;
  }

  @Override
  public synchronized void seek(TopicPartition partition, long offset) {
    requireAssigned(partition);
    seeks.add(offset);
    position = offset;
  }

  @Override
  public synchronized long position(TopicPartition partition) {
    requireAssigned(partition);
    return position;
  }

  @Override
  public synchronized Map<TopicPartition, Long> beginningOffsets(
      Collection<TopicPartition> partitions) {
    var starts = new HashMap<TopicPartition, Long>();
    partitions.forEach(partition -> starts.put(partition, log(partition).start));
    return starts;
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    Log log = log(assigned);
    if (position < log.start || position > log.end) {
      throw new OffsetOutOfRangeException(Map.of(assigned, position));
    }
    polls++;
    boolean slow = pollsForEachRecord != 1;
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    if (!slow || (pollsForEachRecord > 0 && polls % pollsForEachRecord == 0)) {
      int page = slow ? 1 : PAGE;
      for (int i = 0; i < page && position < log.end; i++, position++, passed++) {
        if (log.visible.contains(position)) {
          records.add(record(assigned, position));
        }
      }
    }
    if (records.isEmpty()) {
      clock.now = clock.now.plus(timeout);
      return ConsumerRecords.empty();
    }
    return new ConsumerRecords<>(Map.of(assigned, records), Map.of());
  }

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
    return new ConsumerRecord<>(
        partition.topic(), partition.partition(), offset, new byte[0], new byte[0]);
  }

  private Log log(TopicPartition partition) {
    Log log = logs.get(partition);
    if (log == null) {
      throw new IllegalStateException("no log of " + partition);
    }
    return log;
  }

  private void requireAssigned(TopicPartition partition) {
    if (!partition.equals(assigned)) {
      throw new IllegalStateException(partition + " is not assigned");
    }
  }

  private static final class PollClock extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
