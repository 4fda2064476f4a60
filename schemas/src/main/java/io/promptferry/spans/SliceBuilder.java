package io.promptferry.spans;

import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.records.SliceLimits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Gathers prompts of one lane in one partition into a slice. */
public final class SliceBuilder {

  /** Two LEB128 numbers of up to 63 bits. */
  private static final int MAX_RUN_BYTES = 18;

  private final Lane lane;
  private final SpanBuilder span;
  private final SliceLimits limits;
  private long bytes;
  private long tokens;
  private @Nullable Instant deadline;

  /**
   * A slice that holds nothing yet.
   *
   * @param span without a prompt
   */
  public SliceBuilder(Lane lane, SpanBuilder span, SliceLimits limits) {
    this.lane = lane;
    this.span = span;
    this.limits = limits;
  }

  /**
   * Whether it has no room for one more prompt, which then begins the next slice. An empty one has
   * room for any.
   *
   * @param bytes that the prompt takes in an input file
   */
  public boolean wouldOverflow(long bytes, long tokens) {
    return span.count() > 0
        && (span.count() + 1 > limits.getPrompts()
            || this.bytes + bytes > limits.getBytes()
            || this.tokens + tokens > limits.getTokens()
            || (span.runCount() + 1L) * MAX_RUN_BYTES > limits.getSpanBytes());
  }

  /**
   * Adds a prompt.
   *
   * @param previous offset of the visible record just before it, of whatever lane
   */
  public void add(long offset, long previous, long bytes, long tokens, @Nullable Instant deadline) {
    span.add(offset, previous);
    this.bytes += bytes;
    this.tokens += tokens;
    if (deadline != null && (this.deadline == null || deadline.isBefore(this.deadline))) {
      this.deadline = deadline;
    }
  }

  /** The slice of the prompts so far, for their first attempt. */
  public Slice build() {
    return Slice.newBuilder()
        .setLane(lane)
        .setSpan(span.build())
        .setBytes(bytes)
        .setTokens(tokens)
        .setDeadline(deadline)
        .build();
  }
}
