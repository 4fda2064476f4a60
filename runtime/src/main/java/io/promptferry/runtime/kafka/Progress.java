package io.promptferry.runtime.kafka;

import java.util.TreeSet;

/**
 * Which records of a partition are unfinished, where they finish in any order. The offset to commit
 * is the lowest of them: whoever comes next reads from there, and must know by another topic which
 * ones above it are finished.
 */
public final class Progress {

  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long next;

  /** A record was taken, in the order of the topic. */
  public void begin(long offset) {
    unfinished.add(offset);
    next = offset + 1;
  }

  /** The offset to commit now. */
  public long committable() {
    return unfinished.isEmpty() ? next : unfinished.first();
  }

  /** The offset to commit in the transaction that finishes the record. */
  public long committableWithout(long offset) {
    return unfinished.stream().filter(other -> other != offset).findFirst().orElse(next);
  }

  /** The record is finished, and that is committed. */
  public void finish(long offset) {
    unfinished.remove(offset);
  }
}
