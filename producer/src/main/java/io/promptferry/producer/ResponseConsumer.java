package io.promptferry.producer;

import io.promptferry.records.PromptResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads the answers of keys: from the topic of each, made or not made yet, and from the shared one
 * what is theirs. Sees only what is committed, so each prompt has exactly one answer.
 *
 * <pre>{@code
 * try (ResponseConsumer answers =
 *     ResponseConsumer.builder()
 *         .bootstrapServers("kafka:9092")
 *         .schemaRegistry("http://registry:8081")
 *         .group("review-reader")
 *         .keys("shoes", "hats")
 *         .build()) {
 *   answers.forEach(
 *       answer -> {
 *         if (answer.succeeded()) {
 *           save(answer.id(), answer.text().orElse(""));
 *         } else {
 *           report(answer.id(), answer.response().getError().getMessage());
 *         }
 *       });
 * }
 * }</pre>
 *
 * <p>With {@code group.id} the position is in Kafka, is committed by the caller and shared by the
 * group's instances. Without, everything is read from the beginning, or from now on, and nothing is
 * left in the cluster: for tests and small tools, which may also {@link #await} one answer by id.
 *
 * <p>For one thread, but for {@link #stop}.
 */
public final class ResponseConsumer implements AutoCloseable {

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Consumer<byte[], PromptResponse> consumer;
  private final Wanted wanted;
  private final Subscription subscription;
  private final int keptMax;
  private final Clock clock;
  private final Deque<Answer> kept = new ArrayDeque<>();
  private volatile boolean stopped;

  ResponseConsumer(
      Consumer<byte[], PromptResponse> consumer,
      Wanted wanted,
      Subscription subscription,
      int keptMax,
      Clock clock) {
    this.consumer = consumer;
    this.wanted = wanted;
    this.subscription = subscription;
    this.keptMax = keptMax;
    this.clock = clock;
  }

  public static ResponseConsumerBuilder builder() {
    return new ResponseConsumerBuilder();
  }

  /**
   * Answers that have come, in the order of each partition.
   *
   * @param atMost how long to wait for the first; none may have come by then
   * @throws WakeupException after {@link #stop}
   * @throws org.apache.kafka.common.KafkaException when Kafka or the registry refuses, or a value
   *     is no answer
   */
  public List<Answer> poll(Duration atMost) {
    if (!kept.isEmpty()) {
      List<Answer> answers = List.copyOf(kept);
      kept.clear();
      return answers;
    }
    Instant end = clock.instant().plus(atMost);
    List<Answer> answers = read(atMost);
    while (answers.isEmpty() && clock.instant().isBefore(end)) {
      answers = read(Duration.between(clock.instant(), end));
    }
    return answers;
  }

  /**
   * Hands over answer after answer until {@link #stop}, and commits when all that came together are
   * dealt with. After a crash those since the last commit come again: drop what {@link
   * Answer#prompt} says was seen. An exception of the handler ends this; called again it goes on
   * with the answer that failed.
   */
  public void forEach(java.util.function.Consumer<Answer> handler) {
    while (!stopped) {
      try {
        List<Answer> answers = poll(POLL);
        handle(answers, handler);
        if (subscription.inGroup() && !answers.isEmpty()) {
          commitHandled();
        }
      } catch (WakeupException e) {
        if (!stopped) {
          throw e;
        }
      }
    }
  }

  /**
   * Commits the position behind all that {@link #poll} has returned.
   *
   * @throws IllegalStateException without {@code group.id}
   * @throws org.apache.kafka.clients.consumer.CommitFailedException when the group has given the
   *     partitions to another, who reads them again
   */
  public void commit() {
    if (!subscription.inGroup()) {
      throw new IllegalStateException(
          "there is no position to commit: set group.id, or group(…) of the builder");
    }
    consumer.commitSync();
  }

  /**
   * The next answer with this id; the others that come meanwhile are kept, for a later call or for
   * {@link #poll}.
   *
   * @return empty when the time is over
   * @throws IllegalStateException with {@code group.id}, or when {@code promptferry.await.kept.max}
   *     are kept
   */
  public Optional<Answer> await(String id, Duration atMost) {
    return await(answer -> answer.id().equals(id), atMost);
  }

  /** As {@link #await(String, Duration)}, for one prompt even where others have its id. */
  public Optional<Answer> await(SentPrompt sent, Duration atMost) {
    Optional<String> coordinates = Optional.of(sent.coordinates());
    return await(answer -> answer.prompt().equals(coordinates), atMost);
  }

  private Optional<Answer> await(Predicate<Answer> sought, Duration atMost) {
    if (subscription.inGroup()) {
      throw new IllegalStateException(
          "await is for consumers without a group, whose other answers would be committed unseen: unset "
              + ConsumerConfig.GROUP_ID_CONFIG);
    }
    Instant end = clock.instant().plus(atMost);
    Optional<Answer> found = takeKept(sought);
    while (found.isEmpty() && clock.instant().isBefore(end)) {
      read(Duration.between(clock.instant(), end)).forEach(this::keep);
      found = takeKept(sought);
    }
    return found;
  }

  /**
   * Ends {@link #forEach} after the answer that is in hand, and a {@link #poll} that waits; from
   * any thread.
   */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  /** Leaves the group; does not commit. */
  @Override
  public void close() {
    consumer.close();
  }

  private void handle(List<Answer> answers, java.util.function.Consumer<Answer> handler) {
    int handled = 0;
    try {
      while (handled < answers.size() && !stopped) {
        handler.accept(answers.get(handled));
        handled++;
      }
    } finally {
      goBack(answers.subList(handled, answers.size()));
    }
  }

  /** So that these are read again, and the position is before them when it is committed. */
  private void goBack(List<Answer> answers) {
    Set<TopicPartition> done = new HashSet<>();
    for (Answer answer : answers) {
      var partition = new TopicPartition(answer.record().topic(), answer.record().partition());
      if (done.add(partition)) {
        consumer.seek(partition, answer.record().offset());
      }
    }
  }

  private void commitHandled() {
    try {
      consumer.commitSync();
    } catch (WakeupException e) {
      // Meant for a poll; what was dealt with should not come again for it.
      consumer.commitSync();
    }
  }

  private List<Answer> read(Duration atMost) {
    subscription.look();
    List<Answer> answers = new ArrayList<>();
    // Not longer, so that topics made meanwhile are looked for.
    Duration wait = atMost.compareTo(POLL) < 0 ? atMost : POLL;
    for (ConsumerRecord<byte[], PromptResponse> record : consumer.poll(wait)) {
      if (wanted.wants(record)) {
        answers.add(new Answer(record));
      }
    }
    return answers;
  }

  private void keep(Answer answer) {
    if (kept.size() >= keptMax) {
      throw new IllegalStateException(
          "%d other answers came and are kept (%s): poll them, begin at the end, or raise it"
              .formatted(keptMax, ConsumerSettings.KEPT));
    }
    kept.add(answer);
  }

  private Optional<Answer> takeKept(Predicate<Answer> sought) {
    for (Iterator<Answer> all = kept.iterator(); all.hasNext(); ) {
      Answer next = all.next();
      if (sought.test(next)) {
        all.remove();
        return Optional.of(next);
      }
    }
    return Optional.empty();
  }
}
