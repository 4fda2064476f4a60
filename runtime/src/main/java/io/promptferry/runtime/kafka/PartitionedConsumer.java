package io.promptferry.runtime.kafka;

import io.promptferry.runtime.service.Backoff;
import io.promptferry.runtime.service.FatalException;
import io.promptferry.runtime.service.Loop;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads topics as a member of a group and gives each assigned partition to a worker of its own. The
 * polling thread only polls, so work of any length never costs the membership; a partition whose
 * queue is full is paused.
 */
public final class PartitionedConsumer<V> implements Loop {

  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * The bounds.
   *
   * @param queue records of a partition that wait for its worker before the partition is paused
   * @param restarts failures in a row of one partition's worker that end the service ({@code
   *     restart.max.attempts})
   */
  public record Limits(int queue, int restarts) {}

  private final Consumer<byte[], V> consumer;
  private final Function<TopicPartition, PartitionWorker<V>> workers;
  private final Limits limits;
  private final Clock clock;
  private final Map<TopicPartition, WorkerThread<V>> threads = new HashMap<>();
  private volatile boolean ready;

  /**
   * Owns the consumer from now on.
   *
   * @param workers makes the worker of a partition, each time one starts
   */
  public PartitionedConsumer(
      Consumer<byte[], V> consumer,
      Collection<String> topics,
      Function<TopicPartition, PartitionWorker<V>> workers,
      Limits limits,
      Clock clock) {
    this.consumer = consumer;
    this.workers = workers;
    this.limits = limits;
    this.clock = clock;
    consumer.subscribe(topics, new Ownership());
  }

  @Override
  public void runOnce() {
    ConsumerRecords<byte[], V> records = consumer.poll(POLL);
    for (TopicPartition partition : records.partitions()) {
      WorkerThread<V> thread = threads.get(partition);
      if (thread != null && thread.offer(records.records(partition)) >= limits.queue()) {
        consumer.pause(Set.of(partition));
      }
    }
    threads.forEach(
        (partition, thread) -> {
          if (thread.waiting() < limits.queue()) {
            consumer.resume(Set.of(partition));
          }
        });
    for (TopicPartition partition : List.copyOf(threads.keySet())) {
      restartIfDue(partition);
    }
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    endWorkers(List.copyOf(threads.keySet()));
    consumer.close();
  }

  private void restartIfDue(TopicPartition partition) {
    WorkerThread<V> thread = threads.get(partition);
    if (thread == null || !thread.failed()) {
      return;
    }
    if (thread.failures() >= limits.restarts()) {
      throw new FatalException(
          "the worker of %s failed %d times in a row (restart.max.attempts), the last time with: %s"
              .formatted(partition, thread.failures(), thread.lastError()));
    }
    if (thread.restartDue(clock.instant(), Backoff.QUICK)) {
      OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
      if (committed == null) {
        consumer.seekToBeginning(Set.of(partition));
      } else {
        consumer.seek(partition, committed.offset());
      }
      threads.put(partition, thread.successor(consumer.groupMetadata(), workers.apply(partition)));
    }
  }

  private void endWorkers(Collection<TopicPartition> partitions) {
    List<WorkerThread<V>> ending =
        partitions.stream().map(threads::remove).filter(thread -> thread != null).toList();
    // First all, then each: their last transactions end side by side.
    ending.forEach(WorkerThread::end);
    ending.forEach(WorkerThread::awaitEnd);
  }

  private final class Ownership implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      threads.values().forEach(thread -> thread.regroup(consumer.groupMetadata()));
      for (TopicPartition partition : partitions) {
        threads.put(
            partition,
            WorkerThread.first(
                partition, consumer.groupMetadata(), workers.apply(partition), clock));
      }
      ready = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      endWorkers(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      ready = false;
      endWorkers(partitions);
    }
  }
}
