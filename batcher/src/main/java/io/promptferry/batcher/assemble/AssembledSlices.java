package io.promptferry.batcher.assemble;

import io.promptferry.batcher.position.Past;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether slices were assembled. Of which, nothing tells: batches name prompts and not slices. But
 * the partitions of {@code slices} never grow and all of them get an offset at the first start, so
 * one without has lost it.
 */
final class AssembledSlices implements Past {

  private final Admin admin;
  private final Topics topics;
  private final String group;
  private final Duration timeout;

  /** Borrows the client. */
  AssembledSlices(Admin admin, Topics topics, String group, Duration timeout) {
    this.admin = admin;
    this.topics = topics;
    this.group = group;
    this.timeout = timeout;
  }

  /** Slices of batches that are still open stand in the changelogs only. */
  @Override
  public boolean isBlank() {
    var written = new ArrayList<>(List.of(topics.batches()));
    new TopicAdmin(admin, timeout)
        .names().stream()
            .filter(name -> name.startsWith(group + "-") && name.endsWith("-changelog"))
            .forEach(written::add);
    return TopicTail.highWatermarks(admin, written, timeout).values().stream()
        .allMatch(end -> end == 0);
  }

  @Override
  public Optional<String> problem(Map<TopicPartition, String> unset) {
    String partitions =
        unset.keySet().stream()
            .map(partition -> Integer.toString(partition.partition()))
            .sorted()
            .collect(Collectors.joining(","));
    return Optional.of(
        ("the offsets of group %s are gone for topic %s:%s, though %s or the group's changelogs hold what came of it:"
                + " stop every batcher and set them with 'kafka-consumer-groups.sh --bootstrap-server <broker>"
                + " --group %s --topic %s:%s --reset-offsets --to-datetime <when it last ran> --execute'; to start"
                + " over would pay for its prompts a second time")
            .formatted(
                group,
                topics.slices(),
                partitions,
                topics.batches(),
                group,
                topics.slices(),
                partitions));
  }
}
