package io.promptferry.spans;

import io.promptferry.records.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the offsets of one lane's prompts in one partition, in ascending order, into a span. */
public final class SpanBuilder {

  private final String topic;
  private final String topicId;
  private final int partition;
  private final long after;
  private final List<Run> runs = new ArrayList<>();
  private @Nullable Run open;
  private int count;

  /**
   * @param after offset of the visible record before the first that will be added, of whatever
   *     lane; −1 when unknown
   */
  public SpanBuilder(String topic, String topicId, int partition, long after) {
    this.topic = topic;
    this.topicId = topicId;
    this.partition = partition;
    this.after = after;
  }

  /**
   * Adds a prompt.
   *
   * @param previous offset of the visible record just before it, of whatever lane: when that one is
   *     the last of this span, only markers stand between and the run goes on
   */
  public void add(long offset, long previous) {
    if (open != null && open.last() == previous) {
      open = new Run(open.first(), offset);
    } else {
      if (open != null) {
        runs.add(open);
      }
      open = new Run(offset, offset);
    }
    count++;
  }

  public int count() {
    return count;
  }

  public int runCount() {
    return open == null ? 0 : runs.size() + 1;
  }

  public Span build() {
    var all = new ArrayList<>(runs);
    if (open != null) {
      all.add(open);
    }
    return Span.newBuilder()
        .setTopic(topic)
        .setTopicId(topicId)
        .setPartition(partition)
        .setAfter(after)
        .setRuns(Runs.encode(all))
        .setCount(count)
        .build();
  }
}
