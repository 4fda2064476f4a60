package io.promptferry.batcher.assemble;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.SpanBuilder;
import java.util.Map;

/** Slices for the assembler. */
final class Slices {

  static final Lane FLASH = new Lane("flash", "default", LaneKind.NORMAL, Map.of());
  static final Lane PRO = new Lane("pro", "default", LaneKind.NORMAL, Map.of());

  private Slices() {}

  /** Adjacent prompts, from the first to the last offset. */
  static Span span(int partition, long first, long last) {
    var builder = new SpanBuilder("prompts", "topic-id", partition, first - 1);
    for (long offset = first; offset <= last; offset++) {
      builder.add(offset, offset - 1);
    }
    return builder.build();
  }

  /** So many prompts of partition 0 from an offset, of ten bytes and one token each. */
  static Slice.Builder of(Lane lane, long first, int count) {
    return Slice.newBuilder()
        .setLane(lane)
        .setSpan(span(0, first, first + count - 1))
        .setBytes(10L * count)
        .setTokens(count);
  }
}
