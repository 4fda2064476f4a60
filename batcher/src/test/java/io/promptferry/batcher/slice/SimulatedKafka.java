package io.promptferry.batcher.slice;

import io.promptferry.batcher.Prompts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  record Prompt(ConsumerRecord<byte[], byte[]> record, boolean good) {}

  private final SortedMap<Integer, SortedMap<Long, Prompt>> log = new TreeMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();
  private final Map<String, SortedMap<Integer, SortedMap<Long, Prompt>>> deleted = new HashMap<>();
  private int generation;
  private int topic;

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

  void append(int partition, byte[] value, boolean good) {
    long offset = ends.merge(partition, 1L, Long::sum) - 1;
    prompts(partition)
        .put(offset, new Prompt(Prompts.record(partition, offset, new byte[] {7}, value), good));
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
    return written;
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
