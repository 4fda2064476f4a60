package io.promptferry.poller;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** The open jobs of one partition, by the offset of their record. */
final class PartitionWatch {

  private final TreeMap<Long, WatchedJob> open = new TreeMap<>();
  private long next;
  private long committed = -1;

  /** Takes note of a record that needs no watching. */
  void pass(long offset) {
    next = offset + 1;
  }

  void add(long offset, WatchedJob job) {
    open.put(offset, job);
    next = offset + 1;
  }

  Map<Long, WatchedJob> open() {
    return open;
  }

  /** Whether there is an offset to commit that has not been committed yet. */
  boolean hasNews() {
    return next > 0 && position() != committed;
  }

  /**
   * Marks the position as committed and returns it: the oldest open job, from where a successor
   * must read again.
   */
  OffsetAndMetadata commit() {
    committed = position();
    return new OffsetAndMetadata(committed);
  }

  private long position() {
    return open.isEmpty() ? next : open.firstKey();
  }
}
