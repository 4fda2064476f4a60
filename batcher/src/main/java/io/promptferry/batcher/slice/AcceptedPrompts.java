package io.promptferry.batcher.slice;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Knows which prompts were accepted when they were read. */
@FunctionalInterface
interface AcceptedPrompts {

  /**
   * Marks those that were accepted at this time or later. Where not all can be known in time, it
   * says so to {@link AcceptedOffsets#cutShort()}.
   */
  void mark(Instant since, Map<TopicPartition, AcceptedOffsets> wanted);
}
