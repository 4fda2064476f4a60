package io.promptferry.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is to blame when a transaction of several topics fails. */
class RefusedRecordsTest {

  private final AssignedPartition<String> partition =
      new AssignedPartition<>(new TopicPartition("jobs", 3), Generation.of(1));
  private final FailingProducer producer = new FailingProducer();

  /** Fails the records of some topics, and then the commit, as Kafka's does. */
  private static final class FailingProducer extends MockProducer<byte[], byte[]> {

    private final Map<String, ApiException> failures = new HashMap<>();

    FailingProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      ApiException failure = failures.get(record.topic());
      if (failure == null) {
        return super.send(record, callback);
      }
      commitTransactionException = new KafkaException("in an error state", failure);
      var none = new TopicPartition(record.topic(), -1);
      callback.onCompletion(new RecordMetadata(none, -1, -1, -1, -1, -1), failure);
      return CompletableFuture.failedFuture(failure);
    }
  }

  @BeforeEach
  void init() {
    producer.initTransactions();
  }

  @Test
  void recordsThatTheirTopicRefusesAreNamed() {
    var reason = new RecordTooLargeException("too large");
    producer.failures.put("b", reason);

    RefusedException refused = refused("a", "b", "c");

    assertThat(refused.refusals()).containsExactly(new RefusedException.Refusal(to("b"), reason));
    assertThat(refused)
        .hasMessage("the topic b refuses a record: too large")
        .hasCause(producer.commitTransactionException);
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void theProducerIsGoodForAnotherTransaction() {
    producer.failures.put("a", new RecordTooLargeException("too large"));
    refused("a");
    producer.failures.clear();
    producer.commitTransactionException = null;

    partition.transact(producer, 42, List.of(to("a")));

    assertThat(producer.history()).containsExactly(to("a"));
  }

  /** Kafka fails what it has not sent yet with what the first one met. */
  @Test
  void whatFailsBehindTheFirstIsNotBlamed() {
    var reason = new RecordTooLargeException("too large");
    producer.failures.put("a", reason);
    producer.failures.put("b", reason);

    assertThat(topics(refused("a", "b"))).containsExactly("a");
  }

  @Test
  void whatTheExceptionNamesIsBlamed() {
    producer.failures.put("a", new TopicAuthorizationException(Set.of("a", "b")));
    producer.failures.put("b", new TopicAuthorizationException(Set.of("a", "b")));
    producer.failures.put("c", new TopicAuthorizationException(Set.of("a", "b")));

    assertThat(topics(refused("a", "b", "c"))).containsExactly("a", "b");
  }

  @Test
  void aClusterInTroubleRefusesNothing() {
    producer.failures.put("a", new TimeoutException("Expiring 1 record(s)"));

    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(to("a"))))
        .isSameAs(producer.commitTransactionException);
  }

  @Test
  void aTransactionThatCouldNotBeAbortedIsNotToBeTriedAgain() {
    producer.failures.put("a", new RecordTooLargeException("too large"));
    producer.abortTransactionException = new IllegalStateException("in doubt");

    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(to("a"))))
        .isSameAs(producer.commitTransactionException);
  }

  private RefusedException refused(String... topics) {
    List<ProducerRecord<byte[], byte[]>> records =
        List.of(topics).stream().map(RefusedRecordsTest::to).toList();
    try {
      partition.transact(producer, 42, records);
    } catch (RefusedException e) {
      return e;
    }
    throw new AssertionError("nothing was refused");
  }

  private static List<String> topics(RefusedException refused) {
    return refused.refusals().stream().map(refusal -> refusal.record().topic()).toList();
  }

  private static final byte[] VALUE = "v".getBytes(UTF_8);

  /** The same value each time, since records are compared by it. */
  private static ProducerRecord<byte[], byte[]> to(String topic) {
    return new ProducerRecord<>(topic, VALUE);
  }
}
