package io.promptferry.e2e;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Who of the batcher's instances has what, as the broker sees it. */
final class Groups {

  private final Admin admin;
  private final Map<String, String> topicByGroup;

  /**
   * @param topicByGroup the groups, and the topic that each reads
   */
  Groups(Admin admin, Map<String, String> topicByGroup) {
    this.admin = admin;
    this.topicByGroup = topicByGroup;
  }

  /** Whether, in every group, these instances and no other share all partitions. */
  boolean areSharedBy(String... clientIds) {
    return get(admin.describeConsumerGroups(topicByGroup.keySet()).all()).values().stream()
        .allMatch(group -> isSharedBy(List.of(clientIds), group));
  }

  private boolean isSharedBy(List<String> clientIds, ConsumerGroupDescription group) {
    Collection<MemberDescription> members = group.members();
    long assigned =
        members.stream().mapToLong(member -> member.assignment().topicPartitions().size()).sum();
    return group.groupState() == GroupState.STABLE
        && members.stream()
            .allMatch(member -> clientIds.stream().anyMatch(member.clientId()::startsWith))
        && clientIds.stream()
            .allMatch(id -> members.stream().anyMatch(member -> member.clientId().startsWith(id)))
        && assigned == partitions(requireNonNull(topicByGroup.get(group.groupId()))).size();
  }

  /** What the group has committed, for the partitions that it has committed anything for. */
  Map<TopicPartition, Long> committed(String group) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    return offsets.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  /** The sum of the end offsets of a topic's partitions. */
  long end(String topic) {
    var wanted =
        partitions(topic).stream()
            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
    return get(admin.listOffsets(wanted).all()).values().stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  List<TopicPartition> partitions(String topic) {
    var topics = get(admin.describeTopics(List.of(topic)).allTopicNames());
    return requireNonNull(topics.get(topic)).partitions().stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
