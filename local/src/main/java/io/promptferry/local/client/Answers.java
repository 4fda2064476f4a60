package io.promptferry.local.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.records.PromptResponse;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads answers from topics that come and go. No consumer group: nothing is left in the cluster,
 * and no rebalance makes a partition start over when the topic of another key turns up.
 */
public final class Answers implements AutoCloseable {

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], PromptResponse> consumer;
  private final Predicate<String> topics;
  private final Clock clock;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private Instant nextLook = Instant.MIN;

  /** Which answers are read of the topics that are there already. */
  public sealed interface Start {}

  /** All. */
  public record Beginning() implements Start {}

  /** Those to come. */
  public record Now() implements Start {}

  /** Those written then or later, by the collector's clock. */
  public record Since(Instant time) implements Start {}

  private Answers(
      Consumer<byte[], PromptResponse> consumer, Predicate<String> topics, Clock clock) {
    this.consumer = consumer;
    this.topics = topics;
    this.clock = clock;
  }

  /**
   * Connects.
   *
   * @param topics which ones to read, those to come included
   * @param start which of the answers that are there already are read too
   * @throws org.apache.kafka.common.KafkaException when the cluster or the registry does not answer
   *     or lacks what is needed; one line that says what to do
   */
  public static Answers open(
      ServiceConfig config, Predicate<String> topics, Start start, Clock clock) {
    KafkaClients kafka = new KafkaClients(config);
    RecordSerdes serdes = Setup.serdes(config);
    Prerequisites.check(
        kafka::admin,
        serdes,
        List.of(Topics.from(config).responses()),
        List.of(),
        Setup.ANSWER_LIMIT);
    var answers =
        new Answers(kafka.reader(serdes.deserializer(PromptResponse.class)), topics, clock);
    answers.look(start);
    return answers;
  }

  /** How many topics are read. */
  public int topics() {
    return assigned.stream().map(TopicPartition::topic).collect(Collectors.toSet()).size();
  }

  /** What came within a fifth of a second. */
  public Iterable<ConsumerRecord<byte[], PromptResponse>> poll() {
    if (!clock.instant().isBefore(nextLook)) {
      // A topic that was made since is read whole.
      look(new Beginning());
    }
    return consumer.poll(POLL);
  }

  /** An answer as a person reads it; the model's raw response is left out. */
  public static ObjectNode json(ConsumerRecord<byte[], PromptResponse> record) {
    ObjectNode json = RecordToJson.write(record.value());
    json.remove("response");
    if (record.key() != null) {
      json.put("key", new String(record.key(), StandardCharsets.UTF_8));
    }
    ObjectNode headers = json.putObject("headers");
    record
        .headers()
        .forEach(
            header ->
                headers.put(
                    header.key(),
                    header.value() == null
                        ? null
                        : new String(header.value(), StandardCharsets.UTF_8)));
    return json.put("topic", record.topic())
        .put("partition", record.partition())
        .put("offset", record.offset());
  }

  private void look(Start start) {
    Set<TopicPartition> fresh =
        consumer.listTopics(Setup.ANSWER_LIMIT).entrySet().stream()
            .filter(topic -> topics.test(topic.getKey()))
            .flatMap(topic -> topic.getValue().stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .filter(partition -> !assigned.contains(partition))
            .collect(Collectors.toSet());
    if (!fresh.isEmpty()) {
      assigned.addAll(fresh);
      consumer.assign(assigned);
      seek(fresh, start);
    }
    nextLook = clock.instant().plus(LOOK);
  }

  private void seek(Set<TopicPartition> fresh, Start start) {
    if (start instanceof Beginning) {
      consumer.seekToBeginning(fresh);
      return;
    }
    consumer.seekToEnd(fresh);
    // Now, and not at the first poll: what is answered between the two is wanted.
    fresh.forEach(consumer::position);
    if (start instanceof Since since) {
      long time = Math.max(0, since.time().toEpochMilli());
      consumer
          .offsetsForTimes(
              fresh.stream().collect(Collectors.toMap(Function.identity(), partition -> time)),
              Setup.ANSWER_LIMIT)
          .forEach(
              (partition, first) -> {
                // Null where every record is older.
                if (first != null) {
                  consumer.seek(partition, first.offset());
                }
              });
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
