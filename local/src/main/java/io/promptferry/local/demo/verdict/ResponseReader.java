package io.promptferry.local.demo.verdict;

import io.promptferry.records.PromptResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads every response topic from its beginning to its end, as a stranger would. */
public final class ResponseReader {

  private static final Comparator<TopicPartition> BY_NAME =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * For the cluster to answer, and for a partition to go on; longer than a transaction may last.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Admin admin;
  private final Deserializer<PromptResponse> deserializer;
  private final ResponseTopics topics;
  private final Clock clock;

  /**
   * @param consumer reads committed records only and belongs to no group; taken over, not closed
   */
  public ResponseReader(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Admin admin,
      Deserializer<PromptResponse> deserializer,
      ResponseTopics topics,
      Clock clock) {
    this.consumer = consumer;
    this.admin = admin;
    this.deserializer = deserializer;
    this.topics = topics;
    this.clock = clock;
  }

  /**
   * Reads all there is now.
   *
   * @param answers is given each answer, those of a partition in their order
   * @param unread is told of each record or partition that could not be read, in a line
   * @throws KafkaException when the cluster does not say what there is to read
   */
  public void read(
      Consumer<ConsumerRecord<byte[], PromptResponse>> answers, Consumer<String> unread) {
    List<TopicPartition> partitions =
        consumer.listTopics().entrySet().stream()
            .filter(topic -> topics.contains(topic.getKey()))
            .map(Map.Entry::getValue)
            .flatMap(List::stream)
            .map((PartitionInfo info) -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    Map<TopicPartition, Long> ends = highWatermarks(partitions);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    // All at once: one after the other costs half a second each, the wait of a fetch for more.
    var unfinished = new TreeSet<>(BY_NAME);
    unfinished.addAll(partitions);
    Instant giveUp = clock.instant().plus(PATIENCE);
    while (!unfinished.isEmpty() && clock.instant().isBefore(giveUp)) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records.forEach(record -> decode(record, answers, unread));
      boolean finished =
          unfinished.removeIf(
              partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
      if (finished || !records.isEmpty()) {
        giveUp = clock.instant().plus(PATIENCE);
      }
    }
    unfinished.forEach(
        partition ->
            unread.accept(
                "%s could be read to offset %d and not to its end, %d"
                    .formatted(partition, consumer.position(partition), ends.get(partition))));
  }

  /**
   * Not {@code Consumer.endOffsets}, which tells a reader of committed records where the first open
   * transaction begins: what one left open hides would go unnoticed.
   */
  private Map<TopicPartition, Long> highWatermarks(List<TopicPartition> partitions) {
    var asked =
        admin.listOffsets(
            partitions.stream()
                .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest())),
            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
    var ends = new HashMap<TopicPartition, Long>();
    try {
      asked
          .all()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, end) -> ends.put(partition, end.offset()));
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("cannot learn where the response topics end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
    return ends;
  }

  private void decode(
      ConsumerRecord<byte[], byte[]> record,
      Consumer<ConsumerRecord<byte[], PromptResponse>> answers,
      Consumer<String> unread) {
    PromptResponse response;
    try {
      response = deserializer.deserialize(record.topic(), record.value());
    } catch (KafkaException e) {
      unread.accept(where(record) + " is no answer: " + e.getMessage());
      return;
    }
    if (response == null) {
      unread.accept(where(record) + " has no value");
      return;
    }
    answers.accept(
        new ConsumerRecord<>(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            record.timestampType(),
            record.serializedKeySize(),
            record.serializedValueSize(),
            record.key(),
            response,
            record.headers(),
            record.leaderEpoch()));
  }

  private static String where(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + " offset " + record.offset();
  }
}
