package io.promptferry.batcher.position;

import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.TopicAdmin;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a group its first position on a topic before any member starts, and tells a first start
 * from offsets that were lost: starting over after a loss would pay for every prompt a second time.
 */
public final class StartPositions {

  private static final Logger LOG = LoggerFactory.getLogger(StartPositions.class);

  /** What came of a topic so far. */
  public enum Past {
    /** Nothing: the group starts for the first time. */
    NONE,
    /** Work on an earlier topic of the same name, which was deleted. */
    OTHER_TOPIC,
    /** Work on this very topic. */
    THIS_TOPIC
  }

  /** Knows the past by what the group has written. */
  @FunctionalInterface
  public interface Output {
    Past of(String topic, String topicId);
  }

  private final TopicAdmin topics;
  private final GroupOffsets offsets;
  private final String group;
  private final String outputTopic;
  private final Output output;

  /**
   * Borrows the client.
   *
   * @param outputTopic what the group writes
   * @param timeout of each question to the cluster
   */
  public StartPositions(
      Admin admin, String group, String outputTopic, Output output, Duration timeout) {
    this.topics = new TopicAdmin(admin, timeout);
    this.offsets = new GroupOffsets(admin, group, timeout);
    this.group = group;
    this.outputTopic = outputTopic;
    this.output = output;
  }

  /** A past that knows only whether anything was ever written to the output topic. */
  public static StartPositions ofAnyOutput(
      Admin admin, String group, String outputTopic, Duration timeout) {
    var ends = new GroupOffsets(admin, group, timeout);
    var description = new TopicAdmin(admin, timeout);
    Output output =
        (topic, topicId) ->
            ends
                    .offsets(partitions(description.describe(outputTopic)), OffsetSpec.latest())
                    .values()
                    .stream()
                    .anyMatch(end -> end > 0)
                ? Past.THIS_TOPIC
                : Past.NONE;
    return new StartPositions(admin, group, outputTopic, output, timeout);
  }

  /**
   * Sees to it that every partition of the topic has a committed offset. Partitions that were added
   * to a topic with offsets begin at their beginning.
   *
   * @param first where a first start begins
   * @param stamped whether the topic's id goes along as metadata
   * @throws StartupException when the offsets of a topic with a past are gone
   */
  public void ensure(String topic, OffsetSpec first, boolean stamped) {
    TopicDescription description = topics.describe(topic);
    List<TopicPartition> all = partitions(description);
    var missing = new HashSet<TopicPartition>();
    missing.addAll(all);
    missing.removeAll(offsets.committed(all).keySet());
    if (missing.isEmpty()) {
      return;
    }
    String id = description.topicId().toString();
    OffsetSpec which =
        missing.size() < all.size() ? OffsetSpec.earliest() : whenAllAreMissing(topic, id, first);
    Map<TopicPartition, OffsetAndMetadata> positions =
        offsets.offsets(missing, which).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry -> new OffsetAndMetadata(entry.getValue(), stamped ? id : "")));
    if (offsets.set(positions)) {
      LOG.info("group {} begins on {} at {}", group, topic, positions);
    } else {
      LOG.info("group {} has members already, which begin on {} themselves", group, topic);
    }
  }

  private OffsetSpec whenAllAreMissing(String topic, String id, OffsetSpec first) {
    return switch (output.of(topic, id)) {
      case NONE -> first;
      case OTHER_TOPIC -> {
        LOG.warn("{} was deleted and made anew: it is read from its beginning", topic);
        yield OffsetSpec.earliest();
      }
      case THIS_TOPIC ->
          throw new StartupException(
              ("the offsets of group %s for topic %s are gone, though %s holds what came of it: set them with"
                      + " 'kafka-consumer-groups.sh --bootstrap-server <broker> --group %s --topic %s"
                      + " --reset-offsets --to-datetime <when it last ran> --execute'; to start over would"
                      + " pay for its prompts a second time")
                  .formatted(group, topic, outputTopic, group, topic));
    };
  }

  private static List<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream()
        .map(partition -> new TopicPartition(topic.name(), partition.partition()))
        .toList();
  }
}
