package io.promptferry.batcher.slice;

import io.promptferry.batcher.position.StartPositions;
import io.promptferry.batcher.position.StartPositions.Past;
import io.promptferry.records.Slice;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.TopicAdmin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The topics that slices name. All slices are read, once, when somebody first asks. */
final class SlicedTopics implements StartPositions.Output {

  private final Admin admin;
  private final Supplier<Consumer<byte[], Slice>> readers;
  private final String slices;
  private final Duration timeout;
  private final Clock clock;
  private @Nullable Map<String, Set<String>> idsByName;

  /**
   * @param timeout for reading all slices ({@code startup.timeout.ms})
   */
  SlicedTopics(
      Admin admin,
      Supplier<Consumer<byte[], Slice>> readers,
      String slices,
      Duration timeout,
      Clock clock) {
    this.admin = admin;
    this.readers = readers;
    this.slices = slices;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public Past of(String topic, String topicId) {
    if (idsByName == null) {
      idsByName = scan();
    }
    Set<String> ids = idsByName.getOrDefault(topic, Set.of());
    if (ids.isEmpty()) {
      return Past.NONE;
    }
    // Spans of early versions name no id, and may well be of this topic.
    return ids.contains(topicId) || ids.contains("") ? Past.THIS_TOPIC : Past.OTHER_TOPIC;
  }

  private Map<String, Set<String>> scan() {
    var found = new HashMap<String, Set<String>>();
    int partitions = new TopicAdmin(admin, timeout).describe(slices).partitions().size();
    Instant giveUp = clock.instant().plus(timeout);
    try (Consumer<byte[], Slice> reader = readers.get()) {
      for (int partition = 0; partition < partitions; partition++) {
        Duration left = Duration.between(clock.instant(), giveUp);
        TopicTail.read(
            reader,
            admin,
            new TopicPartition(slices, partition),
            left.isNegative() ? Duration.ofMillis(1) : left,
            clock,
            record ->
                found
                    .computeIfAbsent(record.value().getSpan().getTopic(), name -> new HashSet<>())
                    .add(record.value().getSpan().getTopicId()));
      }
    } catch (IllegalStateException e) {
      throw new StartupException(
          "%s could not be read whole to see whether the offsets of the prompts were lost (%s): raise startup.timeout.ms"
              .formatted(slices, e.getMessage()),
          e);
    }
    return found;
  }
}
