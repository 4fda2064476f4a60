package io.promptferry.batcher.position;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** A group that has never read anything. */
public final class NoPast implements Past {

  @Override
  public boolean isBlank() {
    return true;
  }

  @Override
  public Optional<String> problem(Map<TopicPartition, String> unset) {
    return Optional.empty();
  }
}
