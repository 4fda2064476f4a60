package io.promptferry.batcher.slice;

import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Knows which prompts were rejected when they were read. */
@FunctionalInterface
interface RejectedPrompts {

  /** The offsets of those of the partition that came at this time or later. */
  Set<Long> of(TopicPartition partition, Instant since);
}
