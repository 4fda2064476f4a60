package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.spans.SliceBuilder;
import io.promptferry.spans.SpanBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The slices of one partition since the last commit. Holds offsets and counters, never a prompt.
 */
final class PartitionSlicer {

  private static final long UNKNOWN = -1;

  private final TopicPartition partition;
  private final String topicId;
  private final LanePolicies policies;
  private final Map<Lane, SliceBuilder> open = new LinkedHashMap<>();
  private final List<Slice> full = new ArrayList<>();
  private long previous = UNKNOWN;

  PartitionSlicer(TopicPartition partition, String topicId, LanePolicies policies) {
    this.partition = partition;
    this.topicId = topicId;
    this.policies = policies;
  }

  /** Takes the next visible record of the partition into its lane's slice. */
  void add(long offset, Intake.Accepted prompt) {
    SliceBuilder slice = open.get(prompt.lane());
    if (slice != null && slice.wouldOverflow(prompt.bytes(), prompt.tokens())) {
      full.add(slice.build());
      slice = null;
    }
    if (slice == null) {
      slice =
          new SliceBuilder(prompt.lane(), newSpan(), policies.of(prompt.lane()).limits().slice());
      open.put(prompt.lane(), slice);
    }
    slice.add(offset, previous, prompt.bytes(), prompt.tokens(), prompt.deadline());
    previous = offset;
  }

  /** Takes note that the next visible record of the partition goes into no slice. */
  void skip(long offset) {
    previous = offset;
  }

  private SpanBuilder newSpan() {
    return new SpanBuilder(partition.topic(), topicId, partition.partition(), previous);
  }

  boolean hasFull() {
    return !full.isEmpty();
  }

  /** All slices since the last call; the next begin empty. */
  List<Slice> drain() {
    var all = new ArrayList<>(full);
    open.values().forEach(slice -> all.add(slice.build()));
    full.clear();
    open.clear();
    return all;
  }
}
