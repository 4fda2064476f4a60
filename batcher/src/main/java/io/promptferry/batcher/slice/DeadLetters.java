package io.promptferry.batcher.slice;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** The dead letters that wait for the commit. */
final class DeadLetters {

  private final long maxBytes;
  private final List<DeadLetter> letters = new ArrayList<>();
  private long bytes;

  /**
   * @param maxBytes past which they should wait no longer ({@code slice.dead.letters.max.bytes})
   */
  DeadLetters(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(DeadLetter letter) {
    letters.add(letter);
    bytes += letter.bytes();
  }

  boolean full() {
    return bytes > maxBytes;
  }

  List<DeadLetter> all() {
    return List.copyOf(letters);
  }

  void forget(Collection<TopicPartition> revoked) {
    letters.removeIf(letter -> revoked.contains(letter.partition()));
    bytes = letters.stream().mapToLong(DeadLetter::bytes).sum();
  }

  void clear() {
    letters.clear();
    bytes = 0;
  }
}
