package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Lets tests of what follows the slicer have slices as it makes them. */
public final class LoggedPrompts {

  private final PartitionSlicer slicer;

  public LoggedPrompts(int partition, LanePolicies policies) {
    this.slicer =
        new PartitionSlicer(new TopicPartition("prompts", partition), "topic-id", policies);
  }

  public void add(long offset, Lane lane, int bytes, long tokens, @Nullable Instant deadline) {
    slicer.add(offset, new Intake.Accepted("", lane, bytes, tokens, deadline));
  }

  /** Everything since the last call. */
  public List<Slice> slices() {
    return slicer.drain();
  }
}
