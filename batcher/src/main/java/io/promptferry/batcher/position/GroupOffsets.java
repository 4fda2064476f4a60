package io.promptferry.batcher.position;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** The committed offsets of one group, seen and set from outside the group. */
final class GroupOffsets {

  private final Admin admin;
  private final String group;
  private final Duration timeout;

  GroupOffsets(Admin admin, String group, Duration timeout) {
    this.admin = admin;
    this.group = group;
    this.timeout = timeout;
  }

  /** Waits for transactions in progress that hold offsets: theirs count too. */
  Map<TopicPartition, OffsetAndMetadata> committed() {
    var options = new ListConsumerGroupOffsetsOptions().requireStable(true).timeoutMs(millis());
    Map<TopicPartition, OffsetAndMetadata> offsets =
        new HashMap<>(
            await(admin.listConsumerGroupOffsets(group, options).partitionsToOffsetAndMetadata()));
    offsets.values().removeIf(offset -> offset == null);
    return offsets;
  }

  /**
   * Commits for the group.
   *
   * @return false when the group has members, who see to it themselves; nothing was set
   */
  boolean set(Map<TopicPartition, OffsetAndMetadata> offsets) {
    var options = new AlterConsumerGroupOffsetsOptions().timeoutMs(millis());
    try {
      await(admin.alterConsumerGroupOffsets(group, offsets, options).all());
      return true;
    } catch (UnknownMemberIdException | GroupNotEmptyException e) {
      return false;
    }
  }

  /** The offsets of these partitions that the specification names. */
  Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which) {
    // The last stable offset counts as the end: what a transaction still holds back comes later.
    var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(millis());
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which));
    Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> answer =
        await(admin.listOffsets(asked, options).all());
    return answer.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private int millis() {
    return (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
  }

  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException kafka) {
        throw kafka;
      }
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException("Kafka did not tell the offsets of group " + group, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
