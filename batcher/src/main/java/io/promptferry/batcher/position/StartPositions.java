package io.promptferry.batcher.position;

import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.TopicAdmin;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a group its first positions before any member starts. What has no offset is new and is read
 * from its beginning, or its offset was lost, and the start is refused.
 */
public final class StartPositions {

  private static final Logger LOG = LoggerFactory.getLogger(StartPositions.class);

  private final TopicAdmin topics;
  private final GroupOffsets offsets;
  private final String group;
  private final Past past;

  /**
   * Borrows the client.
   *
   * @param timeout of each question to the cluster
   */
  public StartPositions(Admin admin, String group, Past past, Duration timeout) {
    this.topics = new TopicAdmin(admin, timeout);
    this.offsets = new GroupOffsets(admin, group, timeout);
    this.group = group;
    this.past = past;
  }

  /**
   * Sees to it that every partition of the topics has a committed offset.
   *
   * @param names all topics that the group reads. All at once: a start that failed between two
   *     would leave the second to be taken for one that turned up later
   * @param first where the first start of all begins
   * @param stamped whether the topics' ids go along as metadata
   * @throws StartupException when offsets are gone, or the first position cannot be kept
   */
  public void ensure(Collection<String> names, OffsetSpec first, boolean stamped) {
    Map<TopicPartition, String> unset = partitions(names);
    int all = unset.size();
    unset.keySet().removeAll(offsets.committed(unset.keySet()).keySet());
    if (unset.isEmpty()) {
      return;
    }
    boolean blank = past.isBlank();
    if (!blank) {
      refuseWhatWasRead(unset);
      if (unset.isEmpty()) {
        return;
      }
    }
    boolean fromEnd = blank && unset.size() == all && first instanceof OffsetSpec.LatestSpec;
    Map<TopicPartition, Long> positions =
        offsets.offsets(unset.keySet(), fromEnd ? first : OffsetSpec.earliest());
    if (offsets.set(stamp(positions, stamped ? unset : Map.of()))) {
      LOG.info("group {} begins at {}", group, new TreeMap<>(named(positions)));
      if (fromEnd) {
        warnOfWhatIsPassedOver(positions);
      }
    } else if (fromEnd && !offsets.committed(unset.keySet()).keySet().containsAll(unset.keySet())) {
      throw new StartupException(
          "group %s has members but no offsets, so that slice.first.position=latest cannot be kept: stop every batcher of it, then start one"
              .formatted(group));
    } else {
      LOG.info("group {} has members already, which begin on {} themselves", group, unset.keySet());
    }
  }

  private void refuseWhatWasRead(Map<TopicPartition, String> unset) {
    Optional<String> problem = past.problem(unset);
    while (problem.isPresent()) {
      // Output and offsets come in one transaction: between the two looks another instance may have
      // taken them up.
      Set<TopicPartition> meanwhile = offsets.committed(unset.keySet()).keySet();
      if (meanwhile.isEmpty()) {
        throw new StartupException(problem.get());
      }
      unset.keySet().removeAll(meanwhile);
      problem = unset.isEmpty() ? Optional.empty() : past.problem(unset);
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> stamp(
      Map<TopicPartition, Long> positions, Map<TopicPartition, String> ids) {
    return positions.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    new OffsetAndMetadata(entry.getValue(), ids.getOrDefault(entry.getKey(), ""))));
  }

  private void warnOfWhatIsPassedOver(Map<TopicPartition, Long> ends) {
    var there = new TreeMap<String, Long>();
    offsets
        .offsets(ends.keySet(), OffsetSpec.earliest())
        .forEach(
            (partition, start) ->
                there.merge(
                    partition.topic(), ends.getOrDefault(partition, start) - start, Long::sum));
    there.values().removeIf(count -> count == 0);
    if (!there.isEmpty()) {
      LOG.warn(
          "what is there at this first start is passed over, as slice.first.position asks: {}",
          there);
    }
  }

  private static Map<String, Long> named(Map<TopicPartition, Long> positions) {
    return positions.entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().toString(), Map.Entry::getValue));
  }

  private Map<TopicPartition, String> partitions(Collection<String> names) {
    var ids = new HashMap<TopicPartition, String>();
    for (String name : names) {
      TopicDescription topic = topics.describe(name);
      topic
          .partitions()
          .forEach(
              partition ->
                  ids.put(
                      new TopicPartition(name, partition.partition()), topic.topicId().toString()));
    }
    return ids;
  }
}
