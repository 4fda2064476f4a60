package io.promptferry.local.dlq;

import io.promptferry.local.client.Setup;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Finds the prompts whose values were too large for a dead letter where they stand. */
public final class StandingPrompts implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final Clock clock;

  /**
   * Takes the client over.
   *
   * @param consumer fails where an offset does not exist
   */
  StandingPrompts(Consumer<byte[], byte[]> consumer, Clock clock) {
    this.consumer = consumer;
    this.clock = clock;
  }

  /**
   * The value of a letter's prompt.
   *
   * @return empty when the prompt has reached the end of its retention, or another stands there
   *     because the topic was made anew
   */
  public Optional<byte[]> value(DeadLetter letter) {
    TopicPartition partition = letter.prompt().topicPartition();
    if (consumer.partitionsFor(partition.topic(), Setup.ANSWER_LIMIT).stream()
        .noneMatch(info -> info.partition() == partition.partition())) {
      return Optional.empty();
    }
    Set<TopicPartition> one = Set.of(partition);
    long offset = letter.prompt().offset();
    if (offset >= consumer.endOffsets(one, Setup.ANSWER_LIMIT).getOrDefault(partition, 0L)) {
      return Optional.empty();
    }
    consumer.assign(one);
    consumer.seek(partition, offset);
    try {
      return first(partition, offset)
          .filter(record -> isOf(letter, record))
          .map(ConsumerRecord::value);
    } catch (OffsetOutOfRangeException e) {
      return Optional.empty();
    } finally {
      consumer.unsubscribe();
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> first(TopicPartition partition, long offset) {
    Instant giveUp = clock.instant().plus(Setup.ANSWER_LIMIT);
    while (!clock.instant().isAfter(giveUp)) {
      List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
      if (!records.isEmpty()) {
        return Optional.of(records.get(0)).filter(record -> record.offset() == offset);
      }
      if (consumer.position(partition) > offset) {
        return Optional.empty();
      }
    }
    throw new KafkaException(
        "%s-%d did not come within %d s: check kafka.bootstrap.servers"
            .formatted(partition, offset, Setup.ANSWER_LIMIT.toSeconds()));
  }

  private static boolean isOf(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
    return record.value() != null
        && record.value().length == letter.missingBytes().orElse(-1)
        && record.timestamp() == letter.promptedAt().toEpochMilli();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
