package io.promptferry.batcher.assemble;

import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The slices that wait until a moment, in the order of those moments and, within one, of their
 * arrival. After a start each is looked at once more, since the configuration may have changed.
 */
final class ParkedSlices {

  /**
   * How many slices are released, or looked at again, at once. A tick is part of a transaction,
   * which the broker aborts after ten seconds; a thousand times over that would be the same again
   * after each restart. So many take about a second.
   */
  static final int RELEASED_AT_ONCE = 10_000;

  /**
   * A slice and why it is where it is.
   *
   * @param due when it was to be released
   * @param came when its record was written
   * @param offset of its record in the slices topic
   */
  record Parked(Instant due, Instant came, long offset, Slice slice) {

    Parked until(Instant moment) {
      return new Parked(moment, came, offset, slice);
    }

    /** Whether it is its own time that it waits for, and not its lane's window. */
    boolean isBackingOff() {
      return due.equals(slice.getNotBefore());
    }
  }

  private static final String SEPARATOR = "/";

  private final KeyValueStore<String, Slice> store;
  private final ParkedTally tally = new ParkedTally();

  /** Up to here all have been looked at again; null: all have. */
  private @Nullable String reviewed = "";

  /** Counts what the store holds, once. */
  ParkedSlices(KeyValueStore<String, Slice> store) {
    this.store = store;
    try (KeyValueIterator<String, Slice> all = store.all()) {
      all.forEachRemaining(entry -> tally.add(parked(entry)));
    }
  }

  void park(Parked parked) {
    store.put(key(parked), parked.slice());
    tally.add(parked);
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
        take(entry.key, parked);
        released.accept(parked);
        count++;
      }
    }
    return now;
  }

  /**
   * Looks again at slices that were here at the start and are not yet due, {@link
   * #RELEASED_AT_ONCE} at a time; once all have been looked at it does nothing. So a window that
   * was configured by mistake holds nothing back after it has been mended.
   *
   * @param stays whether it is still to wait until the same moment
   * @param released gets each that is not; may park it again, for later than now
   */
  void review(Instant now, Predicate<Parked> stays, Consumer<Parked> released) {
    if (reviewed == null) {
      return;
    }
    String due = prefix(now.plusMillis(1));
    int count = 0;
    try (KeyValueIterator<String, Slice> rest =
        store.range(reviewed.compareTo(due) > 0 ? reviewed : due, null)) {
      while (rest.hasNext()) {
        KeyValue<String, Slice> entry = rest.next();
        if (count++ == RELEASED_AT_ONCE) {
          reviewed = entry.key;
          return;
        }
        Parked parked = parked(entry);
        if (!stays.test(parked)) {
          take(entry.key, parked);
          released.accept(parked);
        }
      }
    }
    reviewed = null;
  }

  ParkedTally tally() {
    return tally;
  }

  private void take(String key, Parked parked) {
    store.delete(key);
    tally.remove(parked);
  }

  /** Numbers of a fixed width, so that keys sort as their numbers do. */
  private static String key(Parked parked) {
    return prefix(parked.due())
        + "%019d".formatted(parked.offset())
        + SEPARATOR
        + parked.came().toEpochMilli();
  }

  private static String prefix(Instant due) {
    return "%019d".formatted(due.toEpochMilli()) + SEPARATOR;
  }

  private static Parked parked(KeyValue<String, Slice> entry) {
    String[] key = entry.key.split(SEPARATOR, -1);
    Instant due = moment(key[0]);
    // A version before did not write down when it came.
    Instant came = key.length > 2 ? moment(key[2]) : due;
    return new Parked(due, came, Long.parseLong(key[1]), entry.value);
  }

  private static Instant moment(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}
