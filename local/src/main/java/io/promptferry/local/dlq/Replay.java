package io.promptferry.local.dlq;

import io.promptferry.local.client.Setup;
import io.promptferry.local.dlq.ReplayPlan.LeftOut;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.Sends;
import io.promptferry.schemas.TopicAdmin;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sends rejected prompts again: all in one transaction, or none. */
public final class Replay implements AutoCloseable {

  /**
   * As much as the producer buffers. Its usual 1 MB would refuse just the prompts that were too
   * large to be copied; what the topic takes is the topic's to say.
   */
  private static final int REQUEST_BYTES = 32 << 20;

  private final KafkaClients kafka;
  private final String transactionalId;
  private final Admin admin;
  private final TopicAdmin topics;
  private final DeadLetters letters;
  private final StandingPrompts standing;

  /** How many partitions each topic has; 0 for one that is not there. */
  private final Map<String, Integer> partitions = new HashMap<>();

  private Replay(ServiceConfig config, Clock clock) {
    this.kafka = new KafkaClients(config);
    // Always the same: the next run ends at once what a killed one left open, and of two at a time
    // only the later can commit.
    this.transactionalId = config.getString(ServiceConfig.DEPLOYMENT) + "-dlq-replay";
    this.letters = DeadLetters.open(config, clock);
    this.standing = new StandingPrompts(kafka.reader(new ByteArrayDeserializer()), clock);
    this.admin = kafka.admin();
    this.topics = new TopicAdmin(admin, Setup.ANSWER_LIMIT);
  }

  /**
   * Connects.
   *
   * @throws KafkaException when the cluster does not answer or has no dead letters; one line that
   *     says what to do
   */
  public static Replay open(ServiceConfig config, Clock clock) {
    return new Replay(config, clock);
  }

  /**
   * Looks what there is to send.
   *
   * @param maxReplays letters that were replayed so often are left out
   * @param limit at most so many are sent
   * @throws TooManyAtOnceException when the limit is too low to choose any
   */
  public ReplayPlan plan(LetterFilter filter, int maxReplays, int limit)
      throws TooManyAtOnceException {
    var selection = new ReplaySelection(filter, maxReplays, limit);
    letters.read(filter.since(), record -> selection.add(DeadLetter.of(record)));
    return selection.plan(this::obstacle);
  }

  /**
   * Sends what was planned.
   *
   * @throws KafkaException when it fails; the message says whether anything was sent
   */
  public void send(ReplayPlan plan) {
    Map<String, Object> settings = Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES);
    // A producer that is closed with an open transaction ends it unsent.
    try (Producer<byte[], byte[]> producer = kafka.transactional(transactionalId, settings)) {
      try {
        producer.initTransactions();
        producer.beginTransaction();
        letters.readAgain(plan.letters(), letter -> Sends.all(producer, List.of(prompt(letter))));
        producer.flush();
      } catch (KafkaException e) {
        throw new KafkaException("nothing was sent: " + why(e), e);
      }
      commit(producer);
    }
  }

  private static void commit(Producer<byte[], byte[]> producer) {
    try {
      producer.commitTransaction();
    } catch (TimeoutException | InterruptException e) {
      throw new KafkaException(
          "Kafka does not say whether the prompts were sent: look for the header promptferry-replays"
              + " in their topic before you run it again",
          e);
    } catch (KafkaException e) {
      throw new KafkaException("nothing was sent: " + why(e), e);
    }
  }

  private ProducerRecord<byte[], byte[]> prompt(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    byte[] value = record.value();
    if (letter.missingBytes().isPresent()) {
      value =
          standing
              .value(letter)
              .orElseThrow(
                  () ->
                      new KafkaException(
                          letter.prompt() + " is no longer in its topic: run it again"));
    }
    return ReplayedPrompt.of(record, value, partitions(letter.prompt().topic()));
  }

  private Optional<LeftOut> obstacle(DeadLetter letter) {
    if (partitions(letter.prompt().topic()) == 0) {
      return Optional.of(LeftOut.TOPIC_GONE);
    }
    return letter.missingBytes().isPresent() && standing.value(letter).isEmpty()
        ? Optional.of(LeftOut.VALUE_GONE)
        : Optional.empty();
  }

  private int partitions(String topic) {
    return partitions.computeIfAbsent(
        topic,
        name -> {
          try {
            return topics.describe(name).partitions().size();
          } catch (UnknownTopicOrPartitionException | InvalidTopicException e) {
            return 0;
          }
        });
  }

  /** The client wraps what it met, at times more than once. */
  private static String why(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof ProducerFencedException
            || cause instanceof InvalidProducerEpochException
        ? "another replay began, or this one took longer than kafka.producer.transaction.timeout.ms:"
            + " lower --limit"
        : String.valueOf(cause.getMessage());
  }

  @Override
  public void close() {
    admin.close();
    standing.close();
    letters.close();
  }
}
