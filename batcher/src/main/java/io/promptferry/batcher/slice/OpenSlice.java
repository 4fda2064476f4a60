package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.spans.SpanBuilder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A slice that still grows. */
final class OpenSlice {

  /** Two LEB128 numbers of up to 63 bits. */
  private static final int MAX_RUN_BYTES = 18;

  private final Lane lane;
  private final SpanBuilder span;
  private long bytes;
  private long tokens;
  private @Nullable Instant deadline;

  OpenSlice(Lane lane, SpanBuilder span) {
    this.lane = lane;
    this.span = span;
  }

  /** Whether the prompt would carry it past a slice's share of a batch. */
  boolean wouldOverflow(Intake.Accepted prompt, BatchLimits limits) {
    return span.count() > 0
        && (span.count() + 1 > limits.sliceRequests()
            || bytes + prompt.bytes() > limits.sliceBytes()
            || tokens + prompt.tokens() > limits.sliceTokens()
            || (span.runCount() + 1L) * MAX_RUN_BYTES > limits.sliceSpanBytes());
  }

  void add(long offset, long previous, Intake.Accepted prompt) {
    span.add(offset, previous);
    bytes += prompt.bytes();
    tokens += prompt.tokens();
    if (prompt.deadline() != null && (deadline == null || prompt.deadline().isBefore(deadline))) {
      deadline = prompt.deadline();
    }
  }

  Slice build() {
    return Slice.newBuilder()
        .setLane(lane)
        .setSpan(span.build())
        .setBytes(bytes)
        .setTokens(tokens)
        .setDeadline(deadline)
        .build();
  }
}
