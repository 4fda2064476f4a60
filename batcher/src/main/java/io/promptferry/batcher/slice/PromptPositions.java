package io.promptferry.batcher.slice;

import io.promptferry.batcher.position.Past;
import io.promptferry.runtime.service.FatalException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the slicer stands in each of its partitions, and in which topic: one that was deleted and
 * made anew has the name and the offsets of the old one, but other prompts. Committed offsets carry
 * the topic's id as their metadata.
 */
final class PromptPositions {

  private static final Logger LOG = LoggerFactory.getLogger(PromptPositions.class);

  private final Consumer<byte[], byte[]> consumer;
  private final TopicIds topicIds;
  private final Past past;
  private final SliceMetrics metrics;
  private final Map<TopicPartition, String> ids = new HashMap<>();

  PromptPositions(
      Consumer<byte[], byte[]> consumer, TopicIds topicIds, Past past, SliceMetrics metrics) {
    this.consumer = consumer;
    this.topicIds = topicIds;
    this.past = past;
    this.metrics = metrics;
  }

  /** The id that the partition's topic had when the partition was assigned. */
  String topicId(TopicPartition partition) {
    return Objects.requireNonNull(ids.get(partition), "read before it was assigned");
  }

  OffsetAndMetadata at(TopicPartition partition, OffsetAndMetadata next) {
    return new OffsetAndMetadata(next.offset(), next.leaderEpoch(), topicId(partition));
  }

  /**
   * Goes to where each partition is to be read from: where it was left, or, for one that is new, at
   * its beginning.
   *
   * @return the positions that are committed nowhere yet; once they are, a later loss is noticed
   * @throws FatalException when one without an offset was read before, and a person must set it
   */
  Map<TopicPartition, OffsetAndMetadata> takeUp(Collection<TopicPartition> partitions) {
    // Asked for before anything is fetched: see requireSameTopics.
    Map<String, String> now = topicIds.of(topics(partitions));
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    var fresh = new HashSet<TopicPartition>();
    var unset = new HashMap<TopicPartition, String>();
    var uncommitted = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (TopicPartition partition : partitions) {
      String id = now.get(partition.topic());
      if (id == null) {
        throw new KafkaException(partition.topic() + " was deleted");
      }
      ids.put(partition, id);
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) {
        unset.put(partition, id);
        fresh.add(partition);
      } else if (offset.metadata().isEmpty() || offset.metadata().equals(id)) {
        consumer.seek(partition, offset);
        if (offset.metadata().isEmpty()) {
          // By an earlier version, or by a person with Kafka's own tool.
          uncommitted.put(partition, at(partition, offset));
        }
      } else {
        LOG.warn(
            "{} was deleted and made anew: {} is read from its beginning",
            partition.topic(),
            partition);
        fresh.add(partition);
      }
    }
    if (!unset.isEmpty()) {
      past.problem(unset)
          .ifPresent(
              problem -> {
                throw new FatalException(problem);
              });
    }
    if (!fresh.isEmpty()) {
      consumer
          .beginningOffsets(fresh)
          .forEach(
              (partition, start) -> {
                consumer.seek(partition, start);
                uncommitted.put(partition, at(partition, new OffsetAndMetadata(start)));
              });
    }
    return uncommitted;
  }

  void giveUp(Collection<TopicPartition> partitions) {
    ids.keySet().removeAll(partitions);
  }

  /**
   * To be called after records were fetched and before what came of them is committed. That is
   * enough: ids are never used twice, so a topic that has now the id that it had at the assignment
   * has been the same all the while, and with it every record fetched between. When it is deleted
   * after this and before the commit, the spans name the id of the topic that they are of, and so
   * does the offset, by which the next one to read the name knows that it is another topic's.
   *
   * @throws KafkaException when a topic is another one now, or is gone; nothing of it may be
   *     committed, and the loop must start anew
   */
  void requireSameTopics() {
    Map<String, String> now = topicIds.of(topics(ids.keySet()));
    ids.forEach(
        (partition, id) -> {
          if (!id.equals(now.get(partition.topic()))) {
            throw new KafkaException(
                partition.topic()
                    + " was deleted"
                    + (now.containsKey(partition.topic()) ? " and made anew" : "")
                    + ": what was read of it and not yet committed is forgotten");
          }
        });
  }

  /**
   * Goes on after a position that the log does not have.
   *
   * @param needed the first offset of each partition that was still to be sliced, where it is
   *     behind the position
   * @return the new positions
   * @throws FatalException when the log ends before the position, and a person must look
   */
  Map<TopicPartition, OffsetAndMetadata> recover(
      OffsetOutOfRangeException e, Map<TopicPartition, Long> needed) {
    requireSameTopics();
    Map<TopicPartition, Long> positions = e.offsetOutOfRangePartitions();
    if (e instanceof LogTruncationException) {
      throw truncated(positions.entrySet().iterator().next());
    }
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(positions.keySet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet());
    var moved = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
      TopicPartition partition = position.getKey();
      long start = starts.getOrDefault(partition, 0L);
      if (position.getValue() < start) {
        long from = Math.max(position.getValue(), needed.getOrDefault(partition, 0L));
        if (from < start) {
          LOG.error(
              "retention deleted prompts of {} before they were sliced, from offset {} to {}: they get no answer;"
                  + " raise its retention.ms",
              partition,
              from,
              start - 1);
          metrics.lost(start - from);
          moved.put(partition, at(partition, new OffsetAndMetadata(start)));
        }
        consumer.seek(partition, start);
      } else if (position.getValue() > ends.getOrDefault(partition, Long.MAX_VALUE)) {
        throw truncated(position);
      } else {
        LOG.warn("the log of {} had no offset {} for a moment", partition, position.getValue());
      }
    }
    return moved;
  }

  private FatalException truncated(Map.Entry<TopicPartition, Long> position) {
    TopicPartition partition = position.getKey();
    return new FatalException(
        ("the log of %s was truncated below offset %d (by an unclean leader election?), so that slices may name other"
                + " prompts now: find the first that is not sliced and set it with 'kafka-consumer-groups.sh"
                + " --bootstrap-server <broker> --group %s --topic %s:%d --reset-offsets --to-offset <offset>"
                + " --execute'")
            .formatted(
                partition,
                position.getValue(),
                consumer.groupMetadata().groupId(),
                partition.topic(),
                partition.partition()));
  }

  private static Set<String> topics(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
  }
}
