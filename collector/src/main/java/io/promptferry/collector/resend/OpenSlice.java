package io.promptferry.collector.resend;

import io.promptferry.records.Attempt;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.SpanBuilder;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A slice of prompts that are sent again, while it grows. */
final class OpenSlice {

  /**
   * A twentieth of what a batch holds by default, so that one more slice leaves a batch that is
   * closed by its limits at least 95 % full.
   */
  private static final int MAX_PROMPTS = 500;

  private static final long MAX_BYTES = 5_000_000;
  private static final long MAX_TOKENS = 100_000;

  /** Where a part of a split batch comes from. */
  record Split(String root, int depth) {}

  private final Span from;
  private final Lane lane;
  private final Attempt attempt;
  private final @Nullable Split split;
  private @Nullable SpanBuilder span;
  private long bytes;
  private long tokens;
  private @Nullable Instant deadline;
  private @Nullable Instant notBefore;
  private boolean sealAtOnce;

  OpenSlice(Span from, Lane lane, Attempt attempt, @Nullable Split split) {
    this.from = from;
    this.lane = lane;
    this.attempt = attempt;
    this.split = split;
  }

  /** Adds a prompt; the slice waits for the latest of its prompts. */
  void add(ResentPrompt prompt, @Nullable Instant earliest) {
    if (span == null) {
      span =
          new SpanBuilder(
              from.getTopic(), from.getTopicId(), from.getPartition(), prompt.previous());
    }
    span.add(prompt.offset(), prompt.previous());
    bytes += prompt.bytes();
    tokens += prompt.tokens();
    deadline = least(deadline, prompt.deadline());
    if (earliest != null && (notBefore == null || earliest.isAfter(notBefore))) {
      notBefore = earliest;
    }
  }

  private static @Nullable Instant least(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  boolean isFull() {
    return span != null
        && (span.count() >= MAX_PROMPTS || bytes >= MAX_BYTES || tokens >= MAX_TOKENS);
  }

  void sealAtOnce() {
    sealAtOnce = true;
  }

  Slice build() {
    if (span == null) {
      throw new IllegalStateException("a slice without prompts");
    }
    var history = new ArrayList<>(from.getHistory());
    history.add(attempt);
    Span resent = span.build();
    resent.setAttempt(from.getAttempt() + 1);
    resent.setHistory(history);
    return Slice.newBuilder()
        .setLane(lane)
        .setSpan(resent)
        .setBytes(bytes)
        .setTokens(tokens)
        .setDeadline(deadline)
        .setNotBefore(notBefore)
        .setSealAtOnce(sealAtOnce)
        .setRootBatchId(split == null ? null : split.root())
        .setDepth(split == null ? 0 : split.depth())
        .build();
  }
}
