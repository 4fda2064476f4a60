package io.promptferry.local.client;

import static java.util.stream.Collectors.toMap;

import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.TopicAdmin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is committed on topics, up to the end as it was when the reading began. No consumer
 * group: nothing is marked as read. A partition that is read again goes on where it ended.
 */
public final class TopicScan implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  /** Inner topics bear the clocks of the services that write them. */
  private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(1);

  private static final Duration BETWEEN_NEWS = Duration.ofSeconds(3);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Clock clock;
  private final Consumer<String> progress;
  private final Map<TopicPartition, Long> reached = new HashMap<>();

  /** Takes the consumer over. */
  TopicScan(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Clock clock,
      Consumer<String> progress) {
    this.consumer = consumer;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Connects.
   *
   * @param needed topics that must be there
   * @param progress told a line every few seconds of a reading that takes long
   * @throws KafkaException when the cluster does not answer or a topic is missing; one line that
   *     says what to do
   */
  public static TopicScan open(
      ServiceConfig config, Collection<String> needed, Clock clock, Consumer<String> progress) {
    KafkaClients kafka = new KafkaClients(config);
    try (Admin admin = kafka.admin()) {
      new TopicAdmin(admin, Setup.ANSWER_LIMIT)
          .problem(needed, List.of())
          .ifPresent(
              problem -> {
                throw new KafkaException(problem);
              });
    }
    return new TopicScan(kafka.reader(new ByteArrayDeserializer()), clock, progress);
  }

  /**
   * Hands on records, oldest first within a partition, until one is enough or the end is reached.
   *
   * @param topics which ones
   * @param since only what was written then or later, give or take what clocks differ by; of
   *     partitions whose times run backwards here and there, earlier ones come too
   * @param enough told of every record; true ends the reading
   * @throws KafkaException when the cluster does not answer
   */
  public void read(
      Predicate<String> topics,
      Optional<Instant> since,
      Predicate<ConsumerRecord<byte[], byte[]>> enough) {
    List<TopicPartition> partitions =
        consumer.listTopics(Setup.ANSWER_LIMIT).entrySet().stream()
            .filter(topic -> topics.test(topic.getKey()))
            .flatMap(topic -> topic.getValue().stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    Map<TopicPartition, Long> open =
        new HashMap<>(consumer.endOffsets(partitions, Setup.ANSWER_LIMIT));
    Map<TopicPartition, Long> starts = starts(open, since);
    starts.putAll(
        reached.entrySet().stream()
            .filter(read -> open.containsKey(read.getKey()))
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    open.entrySet().removeIf(end -> starts.getOrDefault(end.getKey(), 0L) >= end.getValue());
    scan(starts, open, enough);
  }

  /**
   * The record at one place; empty where retention has taken it.
   *
   * @throws KafkaException when nothing was written there yet, or what was is no record but the
   *     marker of a transaction or aborted, or the cluster does not answer; one line
   */
  public Optional<ConsumerRecord<byte[], byte[]>> at(TopicPartition partition, long offset) {
    boolean there =
        consumer.listTopics(Setup.ANSWER_LIMIT).getOrDefault(partition.topic(), List.of()).stream()
            .anyMatch(info -> info.partition() == partition.partition());
    Set<TopicPartition> one = Set.of(partition);
    long end = there ? consumer.endOffsets(one, Setup.ANSWER_LIMIT).getOrDefault(partition, 0L) : 0;
    if (offset >= end) {
      throw new KafkaException(
          there
              ? "nothing is committed at %s-%d yet: the partition ends at %d"
                  .formatted(partition, offset, end)
              : "there is no partition " + partition + ": check the coordinates and --prefix");
    }
    if (offset < consumer.beginningOffsets(one, Setup.ANSWER_LIMIT).getOrDefault(partition, 0L)) {
      return Optional.empty();
    }
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    scan(
        Map.of(partition, offset),
        new HashMap<>(Map.of(partition, end)),
        record -> {
          found.add(record);
          return true;
        });
    reached.remove(partition);
    if (found.isEmpty() || found.get(0).offset() != offset) {
      throw new KafkaException(
          "no prompt stands at %s-%d: what does is the marker of a transaction, or was aborted"
              .formatted(partition, offset));
    }
    return Optional.of(found.get(0));
  }

  private Map<TopicPartition, Long> starts(
      Map<TopicPartition, Long> ends, Optional<Instant> since) {
    if (since.isEmpty()) {
      return new HashMap<>(consumer.beginningOffsets(ends.keySet(), Setup.ANSWER_LIMIT));
    }
    long time = Math.max(0, since.get().minus(CLOCKS_DIFFER_BY).toEpochMilli());
    Map<TopicPartition, Long> asked =
        ends.keySet().stream().collect(toMap(Function.identity(), partition -> time));
    Map<TopicPartition, Long> starts = new HashMap<>(ends);
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
        consumer.offsetsForTimes(asked, Setup.ANSWER_LIMIT).entrySet()) {
      // Null where every record is older.
      Optional.ofNullable(found.getValue())
          .ifPresent(first -> starts.put(found.getKey(), first.offset()));
    }
    return starts;
  }

  private void scan(
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> open,
      Predicate<ConsumerRecord<byte[], byte[]>> enough) {
    consumer.assign(open.keySet());
    open.keySet()
        .forEach(partition -> consumer.seek(partition, starts.getOrDefault(partition, 0L)));
    long all = 0;
    for (Map.Entry<TopicPartition, Long> end : open.entrySet()) {
      all += end.getValue() - starts.getOrDefault(end.getKey(), 0L);
    }
    long read = 0;
    Instant news = clock.instant().plus(BETWEEN_NEWS);
    Instant giveUp = clock.instant().plus(Setup.ANSWER_LIMIT);
    while (!open.isEmpty()) {
      boolean moved = false;
      for (ConsumerRecord<byte[], byte[]> record : poll()) {
        moved = true;
        var partition = new TopicPartition(record.topic(), record.partition());
        Long end = open.get(partition);
        if (end != null && record.offset() < end) {
          read++;
          reached.put(partition, record.offset() + 1);
          if (enough.test(record)) {
            return;
          }
        }
      }
      // By position: what is last may be a transaction's marker, which is no record.
      moved |= open.entrySet().removeIf(this::atEnd);
      Instant now = clock.instant();
      if (moved) {
        giveUp = now.plus(Setup.ANSWER_LIMIT);
      } else if (now.isAfter(giveUp)) {
        throw new KafkaException(
            "nothing more came for %d s: check kafka.bootstrap.servers"
                .formatted(Setup.ANSWER_LIMIT.toSeconds()));
      }
      if (now.isAfter(news)) {
        progress.accept(String.format(Locale.ROOT, "read %,d of at most %,d records", read, all));
        news = now.plus(BETWEEN_NEWS);
      }
    }
  }

  private boolean atEnd(Map.Entry<TopicPartition, Long> end) {
    boolean ended = consumer.position(end.getKey()) >= end.getValue();
    if (ended) {
      reached.put(end.getKey(), end.getValue());
    }
    return ended;
  }

  private Iterable<ConsumerRecord<byte[], byte[]>> poll() {
    try {
      return consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      // Retention has overtaken the reading: what is left is read.
      consumer.seekToBeginning(e.partitions());
      return List.of();
    }
  }

  @Override
  public void close() {
    // Ctrl-C interrupts, and an interrupted consumer complains at length while it closes.
    boolean interrupted = Thread.interrupted();
    consumer.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
