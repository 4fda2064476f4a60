package io.promptferry.batcher.position;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
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

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Admin admin;
  private final String group;
  private final Duration timeout;

  GroupOffsets(Admin admin, String group, Duration timeout) {
    this.admin = admin;
    this.group = group;
    this.timeout = timeout;
  }

  /**
   * Those of the partitions that have an offset. Waits for transactions in progress that hold
   * offsets, as a killed process leaves them: Kafka's client leaves such partitions out of its
   * answer, while one without an offset is in it with a null, and to take the one for the other
   * would be to take offsets for lost.
   *
   * @throws KafkaException when a transaction does not end in time
   */
  Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
    var asked =
        Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(List.copyOf(partitions)));
    var options = new ListConsumerGroupOffsetsOptions().requireStable(true).timeoutMs(millis());
    for (long rounds = timeout.dividedBy(PAUSE); rounds >= 0; rounds--) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          new HashMap<>(
              await(
                  admin
                      .listConsumerGroupOffsets(asked, options)
                      .partitionsToOffsetAndMetadata(group)));
      if (offsets.keySet().containsAll(partitions)) {
        offsets.values().removeIf(offset -> offset == null);
        return offsets;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new KafkaException(
        "a transaction holds the offsets of group %s for longer than %s: start again later"
            .formatted(group, timeout));
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
