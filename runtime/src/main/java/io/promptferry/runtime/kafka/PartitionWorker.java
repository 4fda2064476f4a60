package io.promptferry.runtime.kafka;

/**
 * Does the work of one partition, on a thread of its own.
 *
 * @param <V> the type of the records' values
 */
@FunctionalInterface
public interface PartitionWorker<V> {

  /**
   * Works until the partition is revoked, which ends it by a {@link RevokedException}. Any other
   * exception makes the partition start anew, with a new call, from its last committed offset.
   */
  void run(AssignedPartition<V> partition) throws Exception;
}
