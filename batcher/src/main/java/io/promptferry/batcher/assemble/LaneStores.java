package io.promptferry.batcher.assemble;

import io.promptferry.records.OpenBatch;
import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The open batches: a counter record for each lane and an entry for each slice, so that no value
 * grows with the batch and a slice costs one small write to each changelog. Merged slices are one
 * entry.
 */
final class LaneStores {

  private final KeyValueStore<String, OpenBatch> batches;
  private final KeyValueStore<String, Slice> slices;

  LaneStores(KeyValueStore<String, OpenBatch> batches, KeyValueStore<String, Slice> slices) {
    this.batches = batches;
    this.slices = slices;
  }

  @Nullable OpenBatch batch(String lane) {
    return batches.get(lane);
  }

  /** The lanes with an open batch. */
  List<KeyValue<String, OpenBatch>> all() {
    var all = new ArrayList<KeyValue<String, OpenBatch>>();
    try (KeyValueIterator<String, OpenBatch> entries = batches.all()) {
      entries.forEachRemaining(all::add);
    }
    return all;
  }

  /** Adds the slice and returns the batch's new counters. */
  OpenBatch add(String lane, OpenBatch batch, Slice slice) {
    slices.put(entry(lane, batch.getSlices()), slice);
    OpenBatch grown =
        OpenBatch.newBuilder(batch)
            .setSlices(batch.getSlices() + 1)
            .setCount(batch.getCount() + slice.getSpan().getCount())
            .setBytes(batch.getBytes() + slice.getBytes())
            .setTokens(batch.getTokens() + slice.getTokens())
            .setSpanBytes(batch.getSpanBytes() + SealRules.spanBytes(slice))
            .setDeadline(earlier(batch.getDeadline(), slice.getDeadline()))
            .build();
    batches.put(lane, grown);
    return grown;
  }

  /** Puts a batch back that was taken out, with other entries for the same prompts. */
  OpenBatch put(String lane, OpenBatch batch, List<Slice> merged) {
    for (int i = 0; i < merged.size(); i++) {
      slices.put(entry(lane, i), merged.get(i));
    }
    OpenBatch smaller =
        OpenBatch.newBuilder(batch)
            .setSlices(merged.size())
            .setSpanBytes(merged.stream().mapToLong(SealRules::spanBytes).sum())
            .build();
    batches.put(lane, smaller);
    return smaller;
  }

  /** Takes the lane's slices out; the lane has no open batch afterwards. */
  List<Slice> remove(String lane, OpenBatch batch) {
    var removed = new ArrayList<Slice>(batch.getSlices());
    for (int i = 0; i < batch.getSlices(); i++) {
      removed.add(slices.delete(entry(lane, i)));
    }
    batches.delete(lane);
    return removed;
  }

  private static String entry(String lane, int number) {
    return "%s/%010d".formatted(lane, number);
  }

  private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }
}
