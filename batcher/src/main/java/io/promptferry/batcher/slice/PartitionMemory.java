package io.promptferry.batcher.slice;

import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What is known of the prompts that one partition has shown lately. */
final class PartitionMemory {

  private final long resume;
  private final AcceptedIds ids;
  private @Nullable AcceptedOffsets before;
  private int repeated;
  private int forgotten;

  /**
   * @param resume the first record that is for more than to be known again
   * @param before tells which of those before it were accepted; null where none is read again
   */
  PartitionMemory(long resume, AcceptedIds ids, @Nullable AcceptedOffsets before) {
    this.resume = resume;
    this.ids = ids;
    this.before = before;
  }

  long resume() {
    return resume;
  }

  /**
   * Whether the record was dealt with before, and is read again only to be known; if so, takes note
   * of it.
   */
  boolean restores(ConsumerRecord<byte[], byte[]> record, Supplier<String> id) {
    if (record.offset() >= resume) {
      before = null;
      return false;
    }
    if (before != null && before.contains(record.offset())) {
      add(record, id.get());
    } else if (before != null && !before.whole() && !id.get().isEmpty()) {
      forgotten++;
    }
    return true;
  }

  /** Whether the record repeats a prompt that was accepted. */
  boolean repeats(ConsumerRecord<byte[], byte[]> record, Supplier<String> id) {
    boolean repeats = ids.has(id.get(), record.offset(), record.timestamp());
    repeated += repeats ? 1 : 0;
    return repeats;
  }

  /** Takes note of a prompt that was accepted; an empty id is none. */
  void add(ConsumerRecord<byte[], byte[]> record, String id) {
    if (!id.isEmpty()) {
      forgotten += ids.add(id, record.offset(), record.timestamp());
    }
  }

  /** Counts what was found since the last time. */
  void count(SliceMetrics metrics) {
    metrics.repeated(repeated);
    metrics.forgotten(forgotten);
    repeated = 0;
    forgotten = 0;
  }
}
