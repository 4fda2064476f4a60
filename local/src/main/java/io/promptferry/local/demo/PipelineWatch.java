package io.promptferry.local.demo;

import io.promptferry.local.demo.verdict.ResponseTopics;
import io.promptferry.records.Batch;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import io.promptferry.schemas.RecordSerdes;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads along on the topics behind the prompts and counts; belongs to no group. */
final class PipelineWatch {

  private static final Duration BETWEEN_LOOKS_FOR_TOPICS = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final Topics topics;
  private final ResponseTopics responseTopics;
  private final Clock clock;
  private final Deserializer<Batch> batch;
  private final Deserializer<JobState> jobState;
  private final Deserializer<Receipt> receipt;

  private final Map<String, SealReason> sealed = new HashMap<>();
  private final Map<String, JobState> states = new HashMap<>();
  private final Set<String> settled = new HashSet<>();
  private long answers;
  private Instant nextLook = Instant.MIN;

  /**
   * @param consumer reads committed records; taken over, not closed
   */
  PipelineWatch(
      Consumer<byte[], byte[]> consumer,
      RecordSerdes serdes,
      Topics topics,
      ResponseTopics responseTopics,
      Clock clock) {
    this.consumer = consumer;
    this.topics = topics;
    this.responseTopics = responseTopics;
    this.clock = clock;
    this.batch = serdes.deserializer(Batch.class);
    this.jobState = serdes.deserializer(JobState.class);
    this.receipt = serdes.deserializer(Receipt.class);
  }

  /** Takes in what has come since, waiting at most so long for something to come. */
  void look(Duration wait) {
    if (!clock.instant().isBefore(nextLook)) {
      follow();
      nextLook = clock.instant().plus(BETWEEN_LOOKS_FOR_TOPICS);
    }
    consumer.poll(wait).forEach(this::count);
  }

  Progress progress(int prompts, int published) {
    return new Progress(
        prompts,
        published,
        tally(sealed.values()),
        tally(states.values().stream().map(JobState::getState).toList()),
        answers,
        settled.size(),
        underWay());
  }

  private UnderWay underWay() {
    List<String> batches = sealed.keySet().stream().filter(batch -> !ended(batch)).toList();
    // Where some have no job yet, nobody can tell when the last of them ends.
    boolean foreseen = states.keySet().containsAll(batches);
    return UnderWay.of(
        batches,
        foreseen
            ? Arrival.of(states.values().stream().filter(s -> !s.getTerminal()).toList())
            : Optional.empty());
  }

  private boolean ended(String batch) {
    JobState state = states.get(batch);
    return settled.contains(batch) || (state != null && state.getTerminal());
  }

  /** Takes up topics that are new since, from their beginning; response topics come on demand. */
  private void follow() {
    Set<TopicPartition> all =
        consumer.listTopics().values().stream()
            .flatMap(List::stream)
            .filter(info -> concerns(info.topic()))
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .collect(Collectors.toSet());
    var fresh = new HashSet<>(all);
    fresh.removeAll(consumer.assignment());
    if (!fresh.isEmpty()) {
      consumer.assign(all);
      consumer.seekToBeginning(fresh);
    }
  }

  private boolean concerns(String topic) {
    return topic.equals(topics.batches())
        || topic.equals(topics.jobStates())
        || topic.equals(topics.receipts())
        || responseTopics.contains(topic);
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    if (responseTopics.contains(topic)) {
      answers++;
    } else if (topic.equals(topics.batches())) {
      Batch value = batch.deserialize(topic, record.value());
      sealed.put(value.getBatchId(), value.getSealReason());
    } else if (topic.equals(topics.jobStates())) {
      JobState value = jobState.deserialize(topic, record.value());
      value.setSubmission(null); // Large, and not needed here.
      states.put(value.getBatchId(), value);
    } else if (topic.equals(topics.receipts()) && record.value() != null) {
      Receipt value = receipt.deserialize(topic, record.value());
      if (value.getSettled()) {
        settled.add(value.getBatchId());
      }
    }
  }

  private static <T extends Comparable<T>> SortedMap<T, Integer> tally(Collection<T> values) {
    var counts = new TreeMap<T, Integer>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    return counts;
  }
}
