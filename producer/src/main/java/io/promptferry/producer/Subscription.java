package io.promptferry.producer;

import io.promptferry.records.PromptResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** How a consumer comes by its partitions, those of topics that are made later included. */
sealed interface Subscription {

  /** Called before each poll. */
  void look();

  /** Whether positions are kept in Kafka. */
  boolean inGroup();

  /** A group shares the partitions out; it finds a new topic within {@code metadata.max.age.ms}. */
  record Group() implements Subscription {

    static Group join(Consumer<byte[], PromptResponse> consumer, Wanted wanted) {
      // By a pattern, since a name that does not exist yet is a warning a second.
      consumer.subscribe(wanted.pattern());
      return new Group();
    }

    @Override
    public void look() {}

    @Override
    public boolean inGroup() {
      return true;
    }
  }

  /** All partitions, and nothing is left behind in the cluster. */
  final class Alone implements Subscription {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Consumer<byte[], PromptResponse> consumer;
    private final Wanted wanted;
    private final Clock clock;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private Instant next = Instant.MIN;

    /**
     * @param fromEnd whether what is there already is passed over
     */
    Alone(Consumer<byte[], PromptResponse> consumer, Wanted wanted, boolean fromEnd, Clock clock) {
      this.consumer = consumer;
      this.wanted = wanted;
      this.clock = clock;
      assign(fromEnd);
    }

    @Override
    public void look() {
      if (!clock.instant().isBefore(next)) {
        // A topic that was made since is read whole.
        assign(false);
      }
    }

    private void assign(boolean fromEnd) {
      Set<TopicPartition> fresh =
          consumer.listTopics(LIMIT).entrySet().stream()
              .filter(topic -> wanted.reads(topic.getKey()))
              .flatMap(topic -> topic.getValue().stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .filter(partition -> !assigned.contains(partition))
              .collect(Collectors.toSet());
      if (!fresh.isEmpty()) {
        assigned.addAll(fresh);
        consumer.assign(assigned);
        if (fromEnd) {
          consumer.seekToEnd(fresh);
          // Now, and not at the first poll: what is answered between the two is wanted.
          fresh.forEach(consumer::position);
        } else {
          consumer.seekToBeginning(fresh);
        }
      }
      next = clock.instant().plus(EVERY);
    }

    @Override
    public boolean inGroup() {
      return false;
    }
  }
}
