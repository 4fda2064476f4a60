package io.promptferry.runtime.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * A partition for as long as it is ours: where its records come from, and where transactions on it
 * are committed.
 *
 * <p>One lock guards ownership, the group's metadata and the transaction in progress. Kafka fences
 * generations of a group, not the ownership of a partition: a live member could commit a partition
 * that it has just lost. So {@link #revoke} waits for the transaction in progress, and none begins
 * after it.
 */
public class AssignedPartition<V> {

  private final TopicPartition topicPartition;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ConsumerRecord<byte[], V>> queue = new ArrayDeque<>();
  private ConsumerGroupMetadata group;
  private boolean revoked;

  AssignedPartition(TopicPartition topicPartition, ConsumerGroupMetadata group) {
    this.topicPartition = topicPartition;
    this.group = group;
  }

  public TopicPartition topicPartition() {
    return topicPartition;
  }

  /**
   * The next record; waits for it.
   *
   * @throws RevokedException when the partition is no longer ours
   */
  public ConsumerRecord<byte[], V> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !revoked) {
        changed.await();
      }
      requireOwned();
      return queue.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Up to so many records that are here already; waits for none. */
  public List<ConsumerRecord<byte[], V>> takeMore(int most) {
    lock.lock();
    try {
      var taken = new ArrayList<ConsumerRecord<byte[], V>>();
      while (taken.size() < most && !queue.isEmpty()) {
        taken.add(queue.removeFirst());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until a record is there, at most so long; takes none.
   *
   * @throws RevokedException when the partition is no longer ours
   */
  public void awaitMore(Duration most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long rest = most.toNanos();
      while (rest > 0 && queue.isEmpty() && !revoked) {
        rest = changed.awaitNanos(rest);
      }
      requireOwned();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, unless the partition is revoked.
   *
   * @throws RevokedException when it is
   */
  public void pause(Duration duration) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long rest = duration.toNanos();
      while (rest > 0 && !revoked) {
        rest = changed.awaitNanos(rest);
      }
      requireOwned();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the partition is no longer ours. */
  public boolean revoked() {
    lock.lock();
    try {
      return revoked;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes in one transaction that also commits an offset, and only while the partition is ours.
   *
   * @param nextOffset the offset to commit; the current one when nothing is finished, since a
   *     transaction without offsets would not be fenced by the group
   * @param records what to write; may be none
   * @throws RevokedException when the partition is no longer ours; nothing was written
   * @throws RefusedException when topics refused records; nothing was written, and the producer is
   *     good for another transaction
   * @throws KafkaException when the transaction failed and was aborted; the producer must be closed
   */
  public void transact(
      Producer<byte[], byte[]> producer,
      long nextOffset,
      Iterable<ProducerRecord<byte[], byte[]>> records) {
    lock.lock();
    try {
      requireOwned();
      var refusals = new Refusals();
      producer.beginTransaction();
      try {
        Sends.all(producer, records, refusals);
        producer.sendOffsetsToTransaction(
            Map.of(topicPartition, new OffsetAndMetadata(nextOffset)), group);
        producer.commitTransaction();
      } catch (RuntimeException e) {
        throw abort(producer, e) ? refusals.over(e) : e;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether that went well. */
  private static boolean abort(Producer<byte[], byte[]> producer, RuntimeException cause) {
    if (cause instanceof ProducerFencedException) {
      return false;
    }
    try {
      producer.abortTransaction();
      return true;
    } catch (RuntimeException e) {
      // The next owner of the transactional id aborts what is left open.
      cause.addSuppressed(e);
      return false;
    }
  }

  /** Open to a test that shows what happens without it. */
  void requireOwned() {
    if (revoked) {
      throw new RevokedException();
    }
  }

  /** Hands over records and tells how many wait now. */
  int offer(List<ConsumerRecord<byte[], V>> records) {
    lock.lock();
    try {
      queue.addAll(records);
      changed.signalAll();
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes note of the group's new generation, without which a commit would be refused. */
  void regroup(ConsumerGroupMetadata metadata) {
    lock.lock();
    try {
      group = metadata;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the ownership; returns when no transaction is in progress. */
  void revoke() {
    lock.lock();
    try {
      revoked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
