package io.promptferry.batcher.slice;

import io.promptferry.batcher.Prompts;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a broker keeps for the slicer: prompts with gaps where markers and aborted records stand,
 * the group's offsets and its generation, and what was committed to other topics.
 */
final class SimulatedKafka {

  /** A prompt that a read_committed reader sees. */
  record Prompt(ConsumerRecord<byte[], byte[]> record, boolean good, String id) {}

  private record Written(Instant at, ProducerRecord<byte[], byte[]> record) {}

  private final SortedMap<Integer, SortedMap<Long, Prompt>> log = new TreeMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final List<Written> written = new ArrayList<>();
  private final Map<Integer, Set<Long>> passedOver = new HashMap<>();
  private final Clock clock;
  private final Map<String, SortedMap<Integer, SortedMap<Long, Prompt>>> deleted = new HashMap<>();
  private int generation;
  private int topic;

  SimulatedKafka(Clock clock) {
    this.clock = clock;
  }

  void addPartition() {
    int number = log.size();
    log.put(number, new TreeMap<>());
    ends.put(number, 0L);
  }

  /** Deletes the topic and makes it anew, with as many partitions and the same offsets to come. */
  void remakeTopic(boolean offsetsSurvive) {
    int count = partitions();
    deleted.put(topicId(), new TreeMap<>(log));
    log.clear();
    ends.clear();
    passedOver.clear();
    // Those that a person set name no topic, and would be taken for the new one's.
    offsets.values().removeIf(offset -> offset.metadata().isEmpty());
    topic++;
    for (int i = 0; i < count; i++) {
      addPartition();
    }
    if (!offsetsSurvive) {
      offsets.clear();
    }
  }

  String topicId() {
    return "topic-" + topic;
  }

  /** The prompts of a topic that is no more. */
  SortedMap<Long, Prompt> deleted(String topicId, int partition) {
    return deleted.getOrDefault(topicId, new TreeMap<>()).getOrDefault(partition, new TreeMap<>());
  }

  int partitions() {
    return log.size();
  }

  /** Leaves an offset that no reader sees. */
  void skip(int partition) {
    ends.merge(partition, 1L, Long::sum);
  }

  void append(int partition, byte[] value, boolean good, String id) {
    long offset = ends.merge(partition, 1L, Long::sum) - 1;
    ConsumerRecord<byte[], byte[]> record =
        Prompts.record(partition, offset, clock.instant(), new byte[] {7}, value);
    prompts(partition).put(offset, new Prompt(record, good, id));
  }

  /** Sets the group's offset forward to this one, as a person does with Kafka's own tool. */
  void passOver(int partition, long to) {
    var place = new TopicPartition(Prompts.TOPIC, partition);
    OffsetAndMetadata before = offsets.get(place);
    boolean ours =
        before != null && (before.metadata().isEmpty() || before.metadata().equals(topicId()));
    long from = ours && before != null ? before.offset() : 0;
    if (from < to) {
      passedOver(partition).addAll(prompts(partition).subMap(from, to).keySet());
      offsets.put(place, new OffsetAndMetadata(to));
    }
  }

  /** Offsets of prompts that are not for the slicer. */
  Set<Long> passedOver(int partition) {
    return passedOver.computeIfAbsent(partition, number -> new HashSet<>());
  }

  long end(int partition) {
    return ends.getOrDefault(partition, 0L);
  }

  SortedMap<Long, Prompt> prompts(int partition) {
    SortedMap<Long, Prompt> prompts = log.get(partition);
    if (prompts == null) {
      throw new IllegalArgumentException("no partition " + partition);
    }
    return prompts;
  }

  Map<TopicPartition, OffsetAndMetadata> offsets() {
    return offsets;
  }

  /** Whether the group is past the last prompt of every partition. */
  boolean allCommitted() {
    return log.entrySet().stream()
        .filter(partition -> !partition.getValue().isEmpty())
        .allMatch(
            partition -> {
              var place = new TopicPartition(Prompts.TOPIC, partition.getKey());
              OffsetAndMetadata committed = offsets.get(place);
              return committed != null && committed.offset() > partition.getValue().lastKey();
            });
  }

  /** What readers see of the topics that the slicer writes. */
  List<ProducerRecord<byte[], byte[]>> written() {
    return writtenSince(Instant.MIN);
  }

  List<ProducerRecord<byte[], byte[]>> writtenSince(Instant since) {
    return written.stream()
        .filter(each -> !each.at().isBefore(since))
        .map(Written::record)
        .toList();
  }

  void write(List<ProducerRecord<byte[], byte[]>> records) {
    records.forEach(record -> written.add(new Written(clock.instant(), record)));
  }

  int generation() {
    return generation;
  }

  /** Members that do not hear of it are fenced from now on. */
  void nextGeneration() {
    generation++;
  }

  /** As the group's coordinator does; it knows generations, and not who owns what. */
  void commitOffsets(Map<TopicPartition, OffsetAndMetadata> commit, int ofGeneration) {
    if (ofGeneration != generation) {
      throw new CommitFailedException("fenced: generation " + ofGeneration + ", now " + generation);
    }
    offsets.putAll(commit);
  }
}
