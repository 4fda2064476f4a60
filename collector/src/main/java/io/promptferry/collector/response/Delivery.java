package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.collector.response.Shortening.Shortened;
import io.promptferry.runtime.kafka.RefusedException;
import io.promptferry.runtime.kafka.RefusedException.Refusal;
import io.promptferry.schemas.HeaderNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that responses go out whatever becomes of their topics: one that was deleted is made
 * anew, what is too large for its topic is cut down to a failure that says so, and what a topic
 * refuses all the same is written to the shared one. For one worker.
 */
public final class Delivery {

  /**
   * Transactions that topics may spoil, each at least one. Then all goes to the shared topic, where
   * every reader finds it.
   */
  private static final int ROUNDS = 5;

  /**
   * Writes responses, and what belongs to them, in one transaction. Called again, with shorter
   * responses or for other topics, when it was aborted since a topic refused some.
   */
  public interface Transaction {

    /**
     * Writes all or nothing.
     *
     * @param shortened those among them that say less than they were to say
     * @throws RefusedException when topics refused records
     */
    void write(List<ProducerRecord<byte[], byte[]>> responses, List<Shortened> shortened);
  }

  private final ResponseTopics topics;
  private final Shortening shortening;
  private final Consumer<Overflow> counter;

  /**
   * Delivers to these topics.
   *
   * @param counter told of each response that went out to another topic than it was meant for
   */
  public Delivery(ResponseTopics topics, Shortening shortening, Consumer<Overflow> counter) {
    this.topics = topics;
    this.shortening = shortening;
    this.counter = counter;
  }

  /**
   * Writes the responses; when this returns, their transaction is committed. Returns those that
   * went out shorter than they were.
   *
   * @param producer that of the transaction; it learns of the topics before the transaction begins,
   *     since one over a thousand new topics would outlast its time-out
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer, or the shared
   *     topic refuses too; nothing was written
   */
  public List<Shortened> write(
      Producer<byte[], byte[]> producer,
      List<ProducerRecord<byte[], byte[]>> responses,
      Transaction transaction) {
    topics.renew(names(responses));
    var current = new ArrayList<>(responses);
    var shortened = new ArrayList<Shortened>();
    for (int round = 1; ; round++) {
      boolean last = round > ROUNDS;
      current.replaceAll(response -> shortIfTooLarge(response, shortened));
      List<ProducerRecord<byte[], byte[]>> routed =
          current.stream().map(response -> route(response, last)).toList();
      try {
        if (learn(producer, routed)) {
          transaction.write(routed, List.copyOf(shortened));
          routed.forEach(this::count);
          return List.copyOf(shortened);
        }
      } catch (RefusedException e) {
        if (!areOfOwnTopics(e, routed)) {
          throw e;
        }
        e.refusals().forEach(this::note);
      }
    }
  }

  /** Returns false where a topic turned out to be of no use, so that routes must be found anew. */
  private boolean learn(
      Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> responses) {
    boolean all = true;
    for (String topic : names(responses)) {
      try {
        producer.partitionsFor(topic);
      } catch (TopicAuthorizationException | InvalidTopicException e) {
        if (topic.equals(topics.shared())) {
          throw e;
        }
        topics.refuse(topic, 0, Overflow.REFUSED, String.valueOf(e.getMessage()));
        all = false;
      } catch (TimeoutException e) {
        // Deleted since, or a cluster in trouble, which is to be waited for.
        if (!topics.renew(Set.of(topic))) {
          throw e;
        }
        all = false;
      }
    }
    return all;
  }

  private boolean areOfOwnTopics(
      RefusedException refused, List<ProducerRecord<byte[], byte[]>> responses) {
    Set<String> own = names(responses);
    own.remove(topics.shared());
    return refused.refusals().stream()
        .map(refusal -> refusal.record().topic())
        .allMatch(own::contains);
  }

  private void note(Refusal refusal) {
    boolean large =
        refusal.reason() instanceof RecordTooLargeException
            || refusal.reason() instanceof RecordBatchTooLargeException;
    topics.refuse(
        refusal.record().topic(),
        large ? RecordSize.of(refusal.record()) : 0,
        large ? Overflow.TOO_LARGE : Overflow.REFUSED,
        String.valueOf(refusal.reason().getMessage()));
  }

  /**
   * Not by the topic's configured limit, which holds after compression. As large as one that it
   * refused is too large: to try each would cost each a transaction.
   */
  private ProducerRecord<byte[], byte[]> shortIfTooLarge(
      ProducerRecord<byte[], byte[]> response, List<Shortened> shortened) {
    if (topics.refusal(response.topic(), RecordSize.of(response)) != Overflow.TOO_LARGE) {
      return response;
    }
    Optional<Shortened> shorter = shortening.of(response);
    shorter.ifPresent(shortened::add);
    return shorter.map(Shortened::record).orElse(response);
  }

  private ProducerRecord<byte[], byte[]> route(
      ProducerRecord<byte[], byte[]> response, boolean toShared) {
    if (response.topic().equals(topics.shared())) {
      return response;
    }
    Overflow why = topics.refusal(response.topic(), RecordSize.of(response));
    if (why != null) {
      return redirected(response, why);
    }
    return toShared ? redirected(response, Overflow.REFUSED) : response;
  }

  private ProducerRecord<byte[], byte[]> redirected(
      ProducerRecord<byte[], byte[]> response, Overflow why) {
    @Nullable Integer anyPartition = null;
    var other =
        new ProducerRecord<>(
            topics.shared(), anyPartition, response.key(), response.value(), response.headers());
    other.headers().remove(HeaderNames.INTENDED_TOPIC).remove(HeaderNames.OVERFLOW);
    other.headers().add(HeaderNames.INTENDED_TOPIC, response.topic().getBytes(UTF_8));
    other.headers().add(HeaderNames.OVERFLOW, why.name().getBytes(UTF_8));
    return other;
  }

  private void count(ProducerRecord<byte[], byte[]> response) {
    Header why = response.headers().lastHeader(HeaderNames.OVERFLOW);
    if (why != null) {
      counter.accept(Overflow.valueOf(new String(why.value(), UTF_8)));
    }
  }

  private static Set<String> names(List<ProducerRecord<byte[], byte[]>> responses) {
    return responses.stream().map(ProducerRecord::topic).collect(Collectors.toSet());
  }
}
