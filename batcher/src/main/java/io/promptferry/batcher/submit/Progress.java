package io.promptferry.batcher.submit;

import java.util.TreeSet;

/**
 * Which batches of a partition are unfinished. The offset to commit is the lowest of them: whoever
 * comes next reads from there, and knows the finished ones above it by the jobs topic.
 */
final class Progress {

  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long next;

  /** A batch was taken, in the order of the topic. */
  void begin(long offset) {
    unfinished.add(offset);
    next = offset + 1;
  }

  /** The offset to commit now. */
  long committable() {
    return unfinished.isEmpty() ? next : unfinished.first();
  }

  /** The offset to commit in the transaction that finishes the batch. */
  long committableWithout(long offset) {
    return unfinished.stream().filter(other -> other != offset).findFirst().orElse(next);
  }

  /** The batch is finished, and that is committed. */
  void finish(long offset) {
    unfinished.remove(offset);
  }
}
