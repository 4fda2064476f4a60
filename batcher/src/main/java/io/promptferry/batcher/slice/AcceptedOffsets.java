package io.promptferry.batcher.slice;

import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.util.BitSet;

/** Those of the last offsets of a partition whose prompts were accepted: a bit for each. */
final class AcceptedOffsets {

  private final String topicId;
  private final long from;
  private final long to;
  private final BitSet offsets = new BitSet();
  private boolean whole = true;

  /**
   * @param to the first offset past them
   * @param reach how many they are
   */
  AcceptedOffsets(String topicId, long to, int reach) {
    this.topicId = topicId;
    this.from = Math.max(0, to - reach);
    this.to = to;
  }

  /** Takes in what a slice of the partition names; a topic of another time is passed over. */
  void add(Span span) {
    if (!span.getTopicId().equals(topicId)) {
      return;
    }
    for (Run run : Runs.decode(span.getRuns())) {
      long first = Math.max(from, run.first());
      long end = Math.min(to, run.last() + 1);
      if (first < end) {
        offsets.set((int) (first - from), (int) (end - from));
      }
    }
  }

  /** Not all slices could be read. */
  void cutShort() {
    whole = false;
  }

  boolean whole() {
    return whole;
  }

  boolean contains(long offset) {
    return offset >= from && offset < to && offsets.get((int) (offset - from));
  }
}
