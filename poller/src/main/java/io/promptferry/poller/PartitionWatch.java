package io.promptferry.poller;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeMap;

/** The open jobs of one partition, by the offset of their record. */
final class PartitionWatch {

  private final TreeMap<Long, WatchedJob> open = new TreeMap<>();
  private final Past past;
  private long next;
  private long committed = -1;

  PartitionWatch(Past past) {
    this.past = past;
  }

  /** Whether the end of the batch's job was reported before the partition was ours. */
  boolean hasEnded(Job submission) {
    JobState last = past.take(submission.getBatch().getBatchId());
    return last != null && last.getTerminal();
  }

  /** Watches a job from now on, and from where an earlier owner left it. */
  void watch(long offset, Job submission, Instant now) {
    JobState last = past.take(submission.getBatch().getBatchId());
    if (last != null && last.getTerminal()) {
      pass(offset);
    } else {
      add(offset, new WatchedJob(submission, last, now));
    }
  }

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
