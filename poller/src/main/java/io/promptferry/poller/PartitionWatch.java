package io.promptferry.poller;

import java.util.Collection;
import java.util.TreeMap;

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

  /** The open jobs, oldest first. */
  Collection<WatchedJob> open() {
    return open.values();
  }

  void dropEnded() {
    open.values().removeIf(WatchedJob::hasEnded);
  }

  /** Whether there is an offset to commit that has not been committed yet. */
  boolean hasNews() {
    return next > 0 && position() != committed;
  }

  /** The oldest open job, from where a successor must read again. */
  long position() {
    return open.isEmpty() ? next : open.firstKey();
  }

  /** Takes note that the position is committed. */
  void committed() {
    committed = position();
  }
}
