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
 * Reads the records of a list of spans from the log, each record once: partition after partition,
 * in the order in which the list first names them, and each in order of offset, whichever of its
 * spans a record belongs to. Who reads a list twice sees one order. Prompts that are gone are
 * passed over, whether retention removed them or their topic was deleted, and perhaps made anew;
 * the caller sees by the count that they are missing.
 *
 * <p>Where two spans hold one offset, which only a mistake can bring about, the record is of the
 * one whose run begins first, and missing from the other.
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
   * Where to go on; positions ascend as the list is read.
   *
   * @param span the place in the list of the first span of a partition
   * @param offset the first in that partition that is still to be read, of all of its spans
   */
  public record Position(int span, long offset) implements Comparable<Position> {
    public static final Position START = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
      return span == other.span
          ? Long.compare(offset, other.offset)
          : Integer.compare(span, other.span);
    }
  }

  /**
   * A record of a span.
   *
   * @param span the place of its span in the list
   * @param run of the span, in which it lies
   * @param next where to go on after it
   */
  public record Hit(int span, Run run, ConsumerRecord<byte[], byte[]> record, Position next) {}

  private final Consumer<byte[], byte[]> consumer;
  private final List<Course> courses;
  private final Function<String, Optional<String>> topicIds;
  private final Duration patience;
  private final Clock clock;
  private final Map<String, Optional<String>> knownIds = new HashMap<>();
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  private int course;
  private List<Course.Leg> legs = List.of();
  private int leg;
  private @Nullable Hit next;
  private long fetchedRecords;
  private long usedRecords;

  /**
   * @param topicIds tells the id that a topic has now, or nothing when there is no such topic
   * @param patience how long the log may yield nothing before reading fails with an {@link
   *     IllegalStateException}
   * @throws IllegalArgumentException when the position is none that a hit of this list leads to
   */
  public SpanCursor(
      Consumer<byte[], byte[]> consumer,
      List<Span> spans,
      Position start,
      Function<String, Optional<String>> topicIds,
      Duration patience,
      Clock clock) {
    this.consumer = consumer;
    this.courses = Course.of(spans);
    this.topicIds = topicIds;
    this.patience = patience;
    this.clock = clock;
    boolean known = courses.stream().anyMatch(of -> of.first() == start.span());
    // No guessing: too late a start leaves prompts without an answer, too early a one doubles it.
    if (start.span() < spans.size() && !known) {
      throw new IllegalArgumentException(
          "%s is read together with an earlier span of its partition: go on with the version that wrote it"
              .formatted(start));
    }
    while (course < courses.size() && courses.get(course).first() < start.span()) {
      course++;
    }
    openCourse(start.offset());
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

  private void openCourse(long from) {
    fetched.clear();
    legs = List.of();
    leg = 0;
    if (course >= courses.size() || isGone(courses.get(course))) {
      return;
    }
    legs = courses.get(course).legs();
    while (leg < legs.size() && run().last() < from) {
      leg++;
    }
    if (leg < legs.size()) {
      consumer.assign(Set.of(partition()));
      consumer.seek(partition(), Math.max(from, run().first()));
    }
  }

  private @Nullable Hit advance() {
    while (course < courses.size()) {
      while (leg < legs.size()) {
        ConsumerRecord<byte[], byte[]> record = fetch();
        // Null: the log goes on beyond this run, or ends before it, without a record in it.
        if (record == null || record.offset() > run().last()) {
          nextLeg(record);
        } else {
          fetched.poll();
          if (record.offset() >= run().first()) {
            return hit(record);
          }
        }
      }
      course++;
      openCourse(0);
    }
    return null;
  }

  private Hit hit(ConsumerRecord<byte[], byte[]> record) {
    var next = new Position(courses.get(course).first(), record.offset() + 1);
    return new Hit(legs.get(leg).span(), run(), record, next);
  }

  private void nextLeg(@Nullable ConsumerRecord<byte[], byte[]> record) {
    leg++;
    if (leg < legs.size()) {
      long first = run().first();
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
      if (consumer.position(partition()) > run().last()) {
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
    long last = run().last();
    // A position beyond the end (a topic made anew) cannot be read either; both count as gone.
    consumer.seek(partition, start > consumer.position(partition) ? start : last + 1);
  }

  /** Whether the topic is no more, or is another one of the same name. */
  private boolean isGone(Course of) {
    Optional<String> now = knownIds.computeIfAbsent(of.partition().topic(), topicIds);
    return now.isEmpty() || !(of.topicId().isEmpty() || of.topicId().equals(now.get()));
  }

  private Run run() {
    return legs.get(leg).run();
  }

  private TopicPartition partition() {
    return courses.get(course).partition();
  }
}
