package io.promptferry.spans;

import io.promptferry.records.Span;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a list of spans from the log: span after span, in order of offset, each
 * record once. Prompts that are gone are passed over, whether retention removed them or their topic
 * was deleted, and perhaps made anew; the caller sees by the count that they are missing.
 *
 * <p>The consumer must be of isolation level read_committed, with automatic commits off and {@code
 * auto.offset.reset=none}. It is borrowed: assigned and moved here, closed by its owner.
 */
public final class SpanCursor implements Iterator<SpanCursor.Hit> {

  /**
   * Runs nearer than this are reached by reading on: a seek throws the fetched records away and
   * costs a round trip.
   */
  private static final long SEEK_GAP = 10_000;

  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Where to go on: the place of a span in the list and the first offset in it that is still to be
   * read.
   */
  public record Position(int span, long offset) {
    public static final Position START = new Position(0, 0);
  }

  /** A record and the place of its span in the list. */
  public record Hit(int span, ConsumerRecord<byte[], byte[]> record) {}

  private final Consumer<byte[], byte[]> consumer;
  private final List<Span> spans;
  private final Function<String, Optional<String>> topicIds;
  private final Duration patience;
  private final Clock clock;
  private final Map<String, Optional<String>> knownIds = new HashMap<>();
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  private int span;
  private List<Run> runs = List.of();
  private int run;
  private long from;
  private @Nullable Hit next;
  private long fetchedRecords;
  private long usedRecords;

  /**
   * @param topicIds tells the id that a topic has now, or nothing when there is no such topic
   * @param patience how long the log may yield nothing before reading fails with an {@link
   *     IllegalStateException}
   */
  public SpanCursor(
      Consumer<byte[], byte[]> consumer,
      List<Span> spans,
      Position start,
      Function<String, Optional<String>> topicIds,
      Duration patience,
      Clock clock) {
    this.consumer = consumer;
    this.spans = spans;
    this.topicIds = topicIds;
    this.patience = patience;
    this.clock = clock;
    this.span = start.span();
    openSpan(start.offset());
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = advance();
    }
    return next != null;
  }

  @Override
  public Hit next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Hit hit = next;
    next = null;
    usedRecords++;
    return hit;
  }

  /**
   * How many records were fetched so far: against the prompts handed out, what it costs that
   * prompts of several lanes lie between each other.
   */
  public long fetchedRecords() {
    return fetchedRecords;
  }

  /** How many records were handed out so far. */
  public long usedRecords() {
    return usedRecords;
  }

  private void openSpan(long offset) {
    fetched.clear();
    runs = List.of();
    run = 0;
    if (span >= spans.size() || isGone(spans.get(span))) {
      return;
    }
    Span current = spans.get(span);
    runs = Runs.decode(current.getRuns());
    from = offset;
    while (run < runs.size() && runs.get(run).last() < from) {
      run++;
    }
    if (run < runs.size()) {
      TopicPartition partition = partition();
      consumer.assign(Set.of(partition));
      consumer.seek(partition, Math.max(from, runs.get(run).first()));
    }
  }

  private @Nullable Hit advance() {
    while (span < spans.size()) {
      while (run < runs.size()) {
        ConsumerRecord<byte[], byte[]> record = fetch();
        // Null: the log goes on beyond this run, or ends before it, without a record in it.
        if (record == null || record.offset() > runs.get(run).last()) {
          nextRun(record);
        } else {
          fetched.poll();
          from = record.offset() + 1;
          if (record.offset() >= runs.get(run).first()) {
            return new Hit(span, record);
          }
        }
      }
      span++;
      openSpan(0);
    }
    return null;
  }

  private void nextRun(@Nullable ConsumerRecord<byte[], byte[]> record) {
    run++;
    if (run < runs.size()) {
      long first = runs.get(run).first();
      long at = record == null ? consumer.position(partition()) : record.offset();
      if (first - at > SEEK_GAP) {
        fetched.clear();
        consumer.seek(partition(), first);
      }
    }
  }

  /**
   * The next record of the partition without taking it, or null once the position is past the
   * current run.
   */
  private @Nullable ConsumerRecord<byte[], byte[]> fetch() {
    Instant giveUp = clock.instant().plus(patience);
    while (fetched.isEmpty()) {
      if (consumer.position(partition()) > runs.get(run).last()) {
        return null;
      }
      try {
        consumer.poll(POLL).forEach(fetched::add);
        fetchedRecords += fetched.size();
      } catch (OffsetOutOfRangeException e) {
        skipWhatIsGone();
      }
      if (fetched.isEmpty() && clock.instant().isAfter(giveUp)) {
        throw new IllegalStateException(
            "no record of %s at offset %d within %s: is the broker reachable?"
                .formatted(partition(), consumer.position(partition()), patience));
      }
    }
    return fetched.peek();
  }

  private void skipWhatIsGone() {
    TopicPartition partition = partition();
    long start = consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
    long last = runs.get(run).last();
    // A position beyond the end (a topic made anew) cannot be read either; both count as gone.
    consumer.seek(partition, start > consumer.position(partition) ? start : last + 1);
  }

  /** Whether the topic of the span is no more, or is another one of the same name. */
  private boolean isGone(Span span) {
    Optional<String> now = knownIds.computeIfAbsent(span.getTopic(), topicIds);
    return now.isEmpty() || !(span.getTopicId().isEmpty() || span.getTopicId().equals(now.get()));
  }

  private TopicPartition partition() {
    Span current = spans.get(span);
    return new TopicPartition(current.getTopic(), current.getPartition());
  }
}
