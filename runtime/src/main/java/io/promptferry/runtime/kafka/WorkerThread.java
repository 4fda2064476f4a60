package io.promptferry.runtime.kafka;

import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.service.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a partition's worker: from its start to its revocation or its failure. */
final class WorkerThread<V> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerThread.class);
  private static final Duration GRACE = Duration.ofMillis(500);
  private static final Duration END_WAIT = Duration.ofSeconds(10);

  /**
   * A worker that lived so long before it failed has made progress: its failure is the first of a
   * new row.
   */
  private static final Duration HEALTHY_LIFE = Duration.ofMinutes(1);

  private final AssignedPartition<V> partition;
  private final Clock clock;
  private final Instant started;
  private final int failuresBefore;
  private final double jitter = ThreadLocalRandom.current().nextDouble();
  private final Thread thread;
  private volatile @Nullable Instant failedAt;
  private volatile String lastError = "";

  private WorkerThread(
      AssignedPartition<V> partition, PartitionWorker<V> worker, int failuresBefore, Clock clock) {
    this.partition = partition;
    this.clock = clock;
    this.started = clock.instant();
    this.failuresBefore = failuresBefore;
    this.thread = new Thread(() -> live(worker), "worker-" + partition.topicPartition());
    thread.start();
  }

  static <V> WorkerThread<V> first(
      TopicPartition topicPartition,
      ConsumerGroupMetadata group,
      PartitionWorker<V> worker,
      Clock clock) {
    return new WorkerThread<>(new AssignedPartition<>(topicPartition, group), worker, 0, clock);
  }

  /** The next life, with an empty queue, after this one has failed. */
  WorkerThread<V> successor(ConsumerGroupMetadata group, PartitionWorker<V> worker) {
    return new WorkerThread<>(
        new AssignedPartition<>(partition.topicPartition(), group), worker, failures(), clock);
  }

  @SuppressWarnings("try") // A scope does its work by being open.
  private void live(PartitionWorker<V> worker) {
    try (var scope = LogScope.ofPartition(partition.topicPartition())) {
      run(worker);
    }
  }

  private void run(PartitionWorker<V> worker) {
    try {
      worker.run(partition);
      throw new IllegalStateException("the worker returned while it owns its partition");
    } catch (RevokedException e) {
      LOG.debug("{} was revoked", partition.topicPartition());
    } catch (Throwable e) {
      // Errors too: a thread that dies without a word would leave its partition unread for ever.
      if (partition.revoked()) {
        LOG.debug("{} was revoked", partition.topicPartition(), e);
        return;
      }
      lastError = Objects.requireNonNullElse(e.getMessage(), e.toString());
      failedAt = clock.instant();
      LOG.warn(
          "the worker of {} failed, time {} in a row", partition.topicPartition(), failures(), e);
    }
  }

  boolean failed() {
    return failedAt != null;
  }

  /** Failures in a row, this one included. */
  int failures() {
    Instant at = failedAt;
    if (at == null) {
      return 0;
    }
    return started.plus(HEALTHY_LIFE).isBefore(at) ? 1 : failuresBefore + 1;
  }

  String lastError() {
    return lastError;
  }

  boolean restartDue(Instant now, Backoff backoff) {
    Instant at = failedAt;
    return at != null && !now.isBefore(at.plus(backoff.after(failures(), jitter)));
  }

  /** Hands over records and tells how many wait now; a failed worker's are read again later. */
  int offer(List<ConsumerRecord<byte[], V>> records) {
    return partition.offer(records);
  }

  int waiting() {
    return partition.waiting();
  }

  void regroup(ConsumerGroupMetadata group) {
    partition.regroup(group);
  }

  /** Takes the partition away; the transaction in progress ends first. */
  void end() {
    partition.revoke();
  }

  void awaitEnd() {
    try {
      thread.join(GRACE.toMillis());
      if (thread.isAlive()) {
        // In an upload or a download, which are of no more use. Not earlier: a worker that is just
        // closing its clients would be disturbed in it.
        thread.interrupt();
        thread.join(END_WAIT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn(
          "the worker of {} still runs {} after its end; it can write nothing any more",
          partition.topicPartition(),
          END_WAIT);
    }
  }
}
