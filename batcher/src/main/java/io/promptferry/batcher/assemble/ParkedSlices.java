package io.promptferry.batcher.assemble;

import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The slices that wait until a moment, in the order of those moments and, within one, of their
 * arrival. A slice keeps the moment it was parked with when the configuration changes.
 */
final class ParkedSlices {

  /**
   * How many slices are released at once. A tick is part of a transaction, which the broker aborts
   * after ten seconds; a thousand times over that would be the same again after each restart. So
   * many take about a second.
   */
  static final int RELEASED_AT_ONCE = 10_000;

  /**
   * A slice and why it is where it is.
   *
   * @param due when it was to be released
   * @param offset of its record in the slices topic
   */
  record Parked(Instant due, long offset, Slice slice) {}

  private static final char SEPARATOR = '/';

  private final KeyValueStore<String, Slice> store;
  private long slices;
  private long prompts;

  /** Counts what the store holds, once. */
  ParkedSlices(KeyValueStore<String, Slice> store) {
    this.store = store;
    try (KeyValueIterator<String, Slice> all = store.all()) {
      all.forEachRemaining(entry -> count(entry.value, 1));
    }
  }

  void park(Parked parked) {
    store.put(key(parked), parked.slice());
    count(parked.slice(), 1);
  }

  /**
   * Takes out what is due, the oldest first, but no more than {@link #RELEASED_AT_ONCE}.
   *
   * @param released gets each; may park it again, for later than now
   * @return the moment up to which everything is out: now, unless more is due
   */
  Instant release(Instant now, Consumer<Parked> released) {
    int count = 0;
    try (KeyValueIterator<String, Slice> due = store.range(null, prefix(now.plusMillis(1)))) {
      while (due.hasNext()) {
        KeyValue<String, Slice> entry = due.next();
        Parked parked = parked(entry);
        if (count == RELEASED_AT_ONCE) {
          return parked.due().minusMillis(1);
        }
        store.delete(entry.key);
        count(entry.value, -1);
        released.accept(parked);
        count++;
      }
    }
    return now;
  }

  long slices() {
    return slices;
  }

  long prompts() {
    return prompts;
  }

  private void count(Slice slice, int sign) {
    slices += sign;
    prompts += (long) sign * slice.getSpan().getCount();
  }

  /** Numbers of a fixed width, so that keys sort as their numbers do. */
  private static String key(Parked parked) {
    return prefix(parked.due()) + "%019d".formatted(parked.offset());
  }

  private static String prefix(Instant due) {
    return "%019d".formatted(due.toEpochMilli()) + SEPARATOR;
  }

  private static Parked parked(KeyValue<String, Slice> entry) {
    int separator = entry.key.indexOf(SEPARATOR);
    return new Parked(
        Instant.ofEpochMilli(Long.parseLong(entry.key.substring(0, separator))),
        Long.parseLong(entry.key.substring(separator + 1)),
        entry.value);
  }
}
