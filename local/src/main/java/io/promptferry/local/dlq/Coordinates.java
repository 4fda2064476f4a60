package io.promptferry.local.dlq;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a record stands, as an answer names its prompt: {@code <topic>-<partition>-<offset>}.
 *
 * @param topic may hold hyphens of its own
 */
public record Coordinates(String topic, int partition, long offset) {

  private static final Pattern TEXT = Pattern.compile("(.+)-([0-9]{1,9})-([0-9]{1,18})");

  /** Reads them; empty where the text is something else. */
  public static Optional<Coordinates> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Coordinates(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  public TopicPartition topicPartition() {
    return new TopicPartition(topic, partition);
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "-" + offset;
  }
}
