package io.promptferry.collector.resend;

import io.promptferry.records.Attempt;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.records.SliceLimits;
import io.promptferry.records.Span;
import io.promptferry.spans.SliceBuilder;
import io.promptferry.spans.SpanBuilder;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A slice of prompts that are sent again, while it grows. */
final class OpenSlice {

  /** Where a part of a split batch comes from. */
  record Split(String root, int depth) {}

  private final Span from;
  private final SliceBuilder prompts;
  private final Attempt attempt;
  private final @Nullable Split split;
  private @Nullable Instant notBefore;
  private boolean sealAtOnce;

  /**
   * A slice that begins with a prompt, which is still to be added.
   *
   * @param from the span that the prompts are of
   */
  OpenSlice(
      Span from,
      ResentPrompt first,
      Lane lane,
      SliceLimits limits,
      Attempt attempt,
      @Nullable Split split) {
    var span =
        new SpanBuilder(from.getTopic(), from.getTopicId(), from.getPartition(), first.previous());
    this.from = from;
    this.prompts = new SliceBuilder(lane, span, limits);
    this.attempt = attempt;
    this.split = split;
  }

  boolean hasRoomFor(ResentPrompt prompt) {
    return !prompts.wouldOverflow(prompt.bytes(), prompt.tokens());
  }

  /** Adds a prompt; the slice waits for the latest of its prompts. */
  void add(ResentPrompt prompt, @Nullable Instant earliest) {
    prompts.add(
        prompt.offset(), prompt.previous(), prompt.bytes(), prompt.tokens(), prompt.deadline());
    if (earliest != null && (notBefore == null || earliest.isAfter(notBefore))) {
      notBefore = earliest;
    }
  }

  void sealAtOnce() {
    sealAtOnce = true;
  }

  Slice build() {
    Slice slice = prompts.build();
    var history = new ArrayList<>(from.getHistory());
    history.add(attempt);
    slice.getSpan().setAttempt(from.getAttempt() + 1);
    slice.getSpan().setHistory(history);
    slice.setNotBefore(notBefore);
    slice.setSealAtOnce(sealAtOnce);
    slice.setRootBatchId(split == null ? null : split.root());
    slice.setDepth(split == null ? 0 : split.depth());
    return slice;
  }
}
