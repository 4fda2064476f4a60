package io.promptferry.local.dlq;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.promptferry.local.client.Setup;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the dead letters, without a group: nothing is marked as read. */
public final class DeadLetters implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final Clock clock;

  private DeadLetters(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      String topic,
      Clock clock) {
    this.consumer = consumer;
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * Connects.
   *
   * @throws KafkaException when the cluster does not answer or the topic is missing; one line that
   *     says what to do
   */
  public static DeadLetters open(ServiceConfig config, Clock clock) {
    KafkaClients kafka = new KafkaClients(config);
    String topic = Topics.from(config).deadLetters();
    try (Admin admin = kafka.admin()) {
      new TopicAdmin(admin, Setup.ANSWER_LIMIT)
          .problem(List.of(topic), List.of())
          .ifPresent(
              problem -> {
                throw new KafkaException(problem);
              });
    }
    return new DeadLetters(kafka.reader(new ByteArrayDeserializer()), topic, clock);
  }

  /**
   * Hands on every record that is there and committed now; those that come meanwhile are not read.
   *
   * @param since of partitions whose times run backwards here and there, earlier ones come too
   */
  public void read(Optional<Instant> since, Consumer<ConsumerRecord<byte[], byte[]>> records) {
    Set<TopicPartition> partitions =
        consumer.partitionsFor(topic, Setup.ANSWER_LIMIT).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .collect(toSet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Setup.ANSWER_LIMIT);
    Map<TopicPartition, Long> starts =
        since
            .map(time -> from(time, ends))
            .orElseGet(() -> consumer.beginningOffsets(partitions, Setup.ANSWER_LIMIT));
    scan(starts, ends, records);
  }

  /**
   * Hands on the records of letters that were read before.
   *
   * @throws KafkaException when one is no longer there
   */
  void readAgain(Collection<DeadLetter> letters, Consumer<ConsumerRecord<byte[], byte[]>> records) {
    Map<TopicPartition, Long> starts =
        letters.stream().collect(toMap(DeadLetters::home, l -> l.place().offset(), Math::min));
    Map<TopicPartition, Long> ends =
        letters.stream().collect(toMap(DeadLetters::home, l -> l.place().offset() + 1, Math::max));
    Set<Coordinates> wanted = new HashSet<>(letters.stream().map(DeadLetter::place).toList());
    scan(
        starts,
        ends,
        record -> {
          if (wanted.remove(new Coordinates(record.topic(), record.partition(), record.offset()))) {
            records.accept(record);
          }
        });
    if (!wanted.isEmpty()) {
      throw new KafkaException(
          wanted.size() + " dead letters have reached the end of their retention: run it again");
    }
  }

  private static TopicPartition home(DeadLetter letter) {
    return letter.place().topicPartition();
  }

  private Map<TopicPartition, Long> from(Instant time, Map<TopicPartition, Long> ends) {
    // The client takes no time before 1970.
    long millis = Math.max(0, time.toEpochMilli());
    Map<TopicPartition, Long> asked =
        ends.keySet().stream().collect(toMap(Function.identity(), p -> millis));
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
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<byte[], byte[]>> records) {
    Map<TopicPartition, Long> open = new HashMap<>(ends);
    open.entrySet().removeIf(end -> starts.getOrDefault(end.getKey(), 0L) >= end.getValue());
    consumer.assign(open.keySet());
    open.keySet().forEach(p -> consumer.seek(p, starts.getOrDefault(p, 0L)));
    Instant giveUp = clock.instant().plus(Setup.ANSWER_LIMIT);
    while (!open.isEmpty()) {
      boolean moved = false;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        moved = true;
        Long end = open.get(new TopicPartition(record.topic(), record.partition()));
        if (end != null && record.offset() < end) {
          records.accept(record);
        }
      }
      // By position: what is last may be a transaction's marker, which is no record.
      moved |= open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      Instant now = clock.instant();
      if (moved) {
        giveUp = now.plus(Setup.ANSWER_LIMIT);
      } else if (now.isAfter(giveUp)) {
        throw new KafkaException(
            "nothing more came from %s for %d s: check kafka.bootstrap.servers"
                .formatted(topic, Setup.ANSWER_LIMIT.toSeconds()));
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
