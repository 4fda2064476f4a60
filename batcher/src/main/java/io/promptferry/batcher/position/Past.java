package io.promptferry.batcher.position;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** What a group has done so far, as its output tells. */
public interface Past {

  /**
   * Whether nothing was ever written. Ends of logs tell it, which stay when retention takes what
   * was written.
   */
  boolean isBlank();

  /**
   * Whether the group may have read of these partitions, which it has no offsets for: those were
   * lost then, and to begin at the beginning would pay for prompts a second time.
   *
   * @param unset with the ids of their topics
   * @return what a person must set, in one line; empty when nothing of them was read
   */
  Optional<String> problem(Map<TopicPartition, String> unset);
}
