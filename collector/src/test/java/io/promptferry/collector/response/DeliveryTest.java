package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.MutableClock;
import io.promptferry.collector.OwnedPartition;
import io.promptferry.collector.RegistryStub;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.records.Usage;
import io.promptferry.runtime.kafka.RefusedException;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {

  private static final TopicPartition STATES = new TopicPartition("job-states", 3);

  private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final FakeCluster cluster =
      new FakeCluster("responses", "responses.a", "responses.b", "responses.c");
  private final ResponseTopics topics =
      new ResponseTopics(
          new Topics(""),
          new ResponseSettings("responses.{key}", 100, Pattern.compile("")),
          cluster,
          clock);
  private final List<Overflow> counted = new ArrayList<>();
  private final RegistryStub registry = new RegistryStub();
  private final Serializer<PromptResponse> serializer =
      registry.serdes().serializer(PromptResponse.class);
  private final Deserializer<PromptResponse> deserializer =
      registry.serdes().deserializer(PromptResponse.class);
  private final List<Shortening.Shortened> shortened = new ArrayList<>();
  private final Delivery delivery =
      new Delivery(
          topics,
          new Shortening(registry.serdes().decoder(PromptResponse.class), serializer),
          counted::add);
  private final OwnedPartition<byte[]> partition = new OwnedPartition<>(STATES);
  private final Refusing producer = new Refusing();

  /** Takes no record of some topics, or none that is so large, or does not know them. */
  private static final class Refusing extends MockProducer<byte[], byte[]> {

    private final Map<String, ApiException> denied = new HashMap<>();
    private final Map<String, Integer> limits = new HashMap<>();
    private final Map<String, RuntimeException> unknown = new HashMap<>();
    private int transactions;

    Refusing() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void beginTransaction() {
      transactions++;
      commitTransactionException = null;
      super.beginTransaction();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      RuntimeException failure = unknown.get(topic);
      if (failure != null) {
        throw failure;
      }
      return super.partitionsFor(topic);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      ApiException failure = denied.get(record.topic());
      if (RecordSize.of(record) > limits.getOrDefault(record.topic(), Integer.MAX_VALUE)) {
        failure = new RecordTooLargeException("too large");
      }
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

  @AfterEach
  void giveBack() {
    partition.close();
    registry.close();
  }

  @Test
  void whatNobodyRefusesIsOneTransaction() {
    write(List.of(to("a"), to("b"), to("a")));

    assertThat(written()).containsExactly("responses.a", "responses.b", "responses.a");
    assertThat(producer.transactions).isEqualTo(1);
    assertThat(counted).isEmpty();
  }

  @Test
  void whatATopicRefusesGoesToTheSharedOneWithItsNameAndTheReason() {
    producer.denied.put("responses.b", new TopicAuthorizationException(Set.of("responses.b")));
    ProducerRecord<byte[], byte[]> refused = to("b");
    refused.headers().add("traceparent", "00-1".getBytes(UTF_8));
    write(List.of(to("a"), refused, to("c")));

    assertThat(written()).containsExactly("responses.a", "responses", "responses.c");
    ProducerRecord<byte[], byte[]> shared = producer.history().get(1);
    assertThat(shared.key()).isEqualTo(refused.key());
    assertThat(shared.value()).isEqualTo(refused.value());
    assertThat(shared.partition()).isNull();
    assertThat(header(shared, "traceparent")).isEqualTo("00-1");
    assertThat(header(shared, "promptferry-intended-topic")).isEqualTo("responses.b");
    assertThat(header(shared, "promptferry-overflow")).isEqualTo("REFUSED");
    assertThat(producer.transactions).isEqualTo(2);
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(counted).containsExactly(Overflow.REFUSED);
  }

  @Test
  void aRefusalIsRememberedForAWhile() {
    producer.denied.put("responses.b", new TopicAuthorizationException(Set.of("responses.b")));
    write(List.of(to("b")));
    write(List.of(to("b")));
    assertThat(producer.transactions).isEqualTo(3);

    producer.denied.clear();
    clock.advance(RefusedTopics.REMEMBERED.plus(Duration.ofSeconds(1)));
    write(List.of(to("b")));

    assertThat(written()).containsExactly("responses", "responses", "responses.b");
    assertThat(counted).hasSize(2);
  }

  @Test
  void onlyWhatIsTooLargeForATopicIsTakenFromIt() {
    producer.limits.put("responses.a", 100);
    write(List.of(to("a", 10), to("a", 200), to("b", 200), to("a", 300), to("a", 90)));

    assertThat(written())
        .containsExactly("responses.a", "responses", "responses.b", "responses", "responses.a");
    assertThat(header(producer.history().get(1), "promptferry-overflow")).isEqualTo("TOO_LARGE");
    assertThat(producer.transactions).isEqualTo(2);
    assertThat(counted).containsExactly(Overflow.TOO_LARGE, Overflow.TOO_LARGE);
  }

  /** The first is found out by a transaction, the second by what is known then. */
  @Test
  void anAnswerThatIsTooLargeForItsTopicIsFailedThereAndCostsTheSame() {
    producer.limits.put("responses.a", 500);
    ProducerRecord<byte[], byte[]> large = answer("a", 1_000);
    large.headers().add("traceparent", "00-1".getBytes(UTF_8));
    write(List.of(answer("a", 10), large, answer("b", 1_000), answer("a", 1_200)));

    assertThat(written())
        .containsExactly("responses.a", "responses.a", "responses.b", "responses.a");
    assertThat(producer.transactions).isEqualTo(2);
    ProducerRecord<byte[], byte[]> told = producer.history().get(1);
    assertThat(told.key()).isEqualTo(large.key());
    assertThat(header(told, "traceparent")).isEqualTo("00-1");
    PromptResponse response = deserializer.deserialize(told.topic(), told.value());
    assertThat(response.getStatus()).isEqualTo(Status.FAILED);
    assertThat(response.getError().getReason()).isEqualTo("ANSWER_TOO_LARGE");
    assertThat(response.getError().getMessage())
        .contains(RecordSize.of(large) + " bytes", "responses.a", "max.message.bytes");
    assertThat(response.getText()).isNull();
    assertThat(response.getResponse()).isNull();
    assertThat(response.getUsage().getOutputTokens()).isEqualTo(5);
    assertThat(response.getFinishReason()).isEqualTo("STOP");
    assertThat(shortened)
        .extracting(Shortening.Shortened::was)
        .containsExactly((String) null, (String) null);
    assertThat(counted).isEmpty();
  }

  /** Its topic hardly takes anything. */
  @Test
  void aFailureThatIsStillTooLargeGoesToTheSharedTopic() {
    producer.limits.put("responses.a", 20);
    write(List.of(answer("a", 1_000)));

    assertThat(written()).containsExactly("responses");
    assertThat(header(producer.history().get(0), "promptferry-intended-topic"))
        .isEqualTo("responses.a");
    assertThat(header(producer.history().get(0), "promptferry-overflow")).isEqualTo("TOO_LARGE");
    PromptResponse response =
        deserializer.deserialize("responses", producer.history().get(0).value());
    assertThat(response.getError().getReason()).isEqualTo("ANSWER_TOO_LARGE");
    assertThat(shortened).hasSize(1);
    assertThat(counted).containsExactly(Overflow.TOO_LARGE);
  }

  /** As another worker may find out at the same time. */
  @Test
  void aTopicThatTakesNothingCutsNothingDown() {
    topics.refuse("responses.a", 0, Overflow.REFUSED, "no rights");
    topics.refuse("responses.a", 500, Overflow.TOO_LARGE, "too large");
    ProducerRecord<byte[], byte[]> whole = answer("a", 1_000);
    write(List.of(whole));

    assertThat(written()).containsExactly("responses");
    assertThat(producer.history().get(0).value()).isEqualTo(whole.value());
    assertThat(shortened).isEmpty();
    assertThat(counted).containsExactly(Overflow.REFUSED);
  }

  @Test
  void aFailureWithWhatTheModelSaidIsOfItsFirstReasonNoMore() {
    producer.limits.put("responses.a", 500);
    ProducerRecord<byte[], byte[]> misfit = answer("a", 1_000);
    PromptResponse response = deserializer.deserialize(misfit.topic(), misfit.value());
    response.setStatus(Status.FAILED);
    response.setError(new PromptError("ANSWER_MISFIT", null, "no"));
    write(
        List.of(
            new ProducerRecord<>(
                misfit.topic(), misfit.key(), serializer.serialize(misfit.topic(), response))));

    assertThat(written()).containsExactly("responses.a");
    assertThat(shortened)
        .singleElement()
        .extracting(Shortening.Shortened::was)
        .isEqualTo("ANSWER_MISFIT");
  }

  private ProducerRecord<byte[], byte[]> answer(String key, int length) {
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId("id")
            .setStatus(Status.SUCCEEDED)
            .setText("x".repeat(length / 2))
            .setResponse("y".repeat(length / 2))
            .setFinishReason("STOP")
            .setUsage(new Usage(7L, 5L, 0L, 0L, 12L))
            .setPromptedAt(Instant.EPOCH)
            .build();
    return new ProducerRecord<>(
        "responses." + key,
        key.getBytes(UTF_8),
        serializer.serialize("responses." + key, response));
  }

  @Test
  void aBatchThatIsTooLargeSaysNothingAgainstSmallerOnes() {
    producer.denied.put("responses.a", new RecordBatchTooLargeException("too large"));
    write(List.of(to("a", 200)));

    assertThat(header(producer.history().get(0), "promptferry-overflow")).isEqualTo("TOO_LARGE");
    assertThat(topics.refusal("responses.a", 100)).isNull();
  }

  @Test
  void manyTopicsThatRefuseOneAfterTheOtherComeToAnEnd() {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (int i = 0; i < 50; i++) {
      String topic = "responses.k" + i;
      cluster.add(topic);
      producer.limits.put(topic, 100);
      records.add(to("k" + i, 200));
    }
    records.add(to("a"));
    write(records);

    assertThat(written()).hasSize(51).containsOnly("responses");
    assertThat(header(producer.history().get(50), "promptferry-intended-topic"))
        .isEqualTo("responses.a");
    assertThat(producer.transactions).isEqualTo(6);
    assertThat(counted).hasSize(51);
  }

  @Test
  void aSharedTopicThatRefusesIsToldAndNothingIsWritten() {
    producer.denied.put("responses", new TopicAuthorizationException(Set.of("responses")));

    assertThatThrownBy(
            () -> write(List.of(to("a"), new ProducerRecord<>("responses", new byte[] {1}))))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("the topic responses refuses a record");
    assertThat(producer.transactions).isEqualTo(1);
    assertThat(producer.history()).isEmpty();
    assertThat(counted).isEmpty();
  }

  @Test
  void whatElseIsInTheTransactionIsNotDetoured() {
    producer.denied.put("receipts", new TopicAuthorizationException(Set.of("receipts")));

    assertThatThrownBy(
            () ->
                delivery.write(
                    producer,
                    List.of(to("a")),
                    (routed, told) -> {
                      var records = new ArrayList<>(routed);
                      records.add(new ProducerRecord<>("receipts", new byte[] {1}));
                      transact(records);
                    }))
        .isInstanceOf(RefusedException.class);
    assertThat(producer.transactions).isEqualTo(1);
  }

  @Test
  void noDetourHelpsWhereOneOfTwoThatRefuseIsNoneOfOurs() {
    var both = new TopicAuthorizationException(Set.of("responses.a", "receipts"));
    producer.denied.put("responses.a", both);
    producer.denied.put("receipts", both);
    var receipt = new ProducerRecord<byte[], byte[]>("receipts", new byte[] {1});

    assertThatThrownBy(
            () ->
                delivery.write(
                    producer,
                    List.of(to("a")),
                    (routed, told) -> transact(List.of(routed.get(0), receipt))))
        .isInstanceOf(RefusedException.class);
    assertThat(producer.transactions).isEqualTo(1);
    assertThat(topics.refusal("responses.a", 1)).isNull();
  }

  @Test
  void aTopicThatTheProducerMayNotSeeIsPassedByWithoutATransaction() {
    producer.unknown.put("responses.a", new TopicAuthorizationException(Set.of("responses.a")));
    write(List.of(to("a"), to("b")));

    assertThat(written()).containsExactly("responses", "responses.b");
    assertThat(producer.transactions).isEqualTo(1);
    assertThat(counted).containsExactly(Overflow.REFUSED);
  }

  @Test
  void aTopicThatWasDeletedIsMadeAnewBeforeItIsWritten() {
    cluster.delete("responses.a");
    write(List.of(to("a")));

    assertThat(cluster.names()).contains("responses.a");
    assertThat(written()).containsExactly("responses.a");
    assertThat(counted).isEmpty();
  }

  @Test
  void aTopicThatWasDeletedAndCannotBeMadeIsPassedBy() {
    cluster.delete("responses.a");
    cluster.refuse("responses.a", new TopicAuthorizationException("responses.a"));
    write(List.of(to("a"), to("b")));

    assertThat(written()).containsExactly("responses", "responses.b");
    assertThat(counted).containsExactly(Overflow.REFUSED);
  }

  @Test
  void aTopicThatGoesBetweenIsFoundOutByTheProducer() {
    producer.unknown.put("responses.a", new TimeoutException("not present in metadata"));
    cluster.onMissing(
        () -> {
          cluster.delete("responses.a");
          cluster.refuse("responses.a", new TopicAuthorizationException("responses.a"));
        });
    write(List.of(to("a")));

    assertThat(written()).containsExactly("responses");
  }

  /** As where the topic goes right after it was learnt: the chunk is written by the next life. */
  @Test
  void aTransactionThatFailsWithoutARefusalIsTheCallersAffair() {
    producer.denied.put("responses.a", new TimeoutException("expiring 1 record"));

    assertThatThrownBy(() -> write(List.of(to("a"), to("b")))).isInstanceOf(KafkaException.class);
    assertThat(producer.transactions).isEqualTo(1);
    assertThat(producer.history()).isEmpty();
    assertThat(topics.refusal("responses.a", 1)).isNull();
    assertThat(counted).isEmpty();

    producer.denied.clear();
    cluster.delete("responses.a");
    write(List.of(to("a"), to("b")));
    assertThat(written()).containsExactly("responses.a", "responses.b");
    assertThat(cluster.names()).contains("responses.a");
  }

  @Test
  void aClusterThatDoesNotAnswerIsWaitedForAndNothingIsDetoured() {
    var trouble = new TimeoutException("not present in metadata");
    producer.unknown.put("responses.a", trouble);

    assertThatThrownBy(() -> write(List.of(to("a")))).isSameAs(trouble);
    assertThat(producer.transactions).isZero();
    assertThat(topics.refusal("responses.a", 1)).isNull();
  }

  @Test
  void aDetourBeforeIsCountedToo() {
    ProducerRecord<byte[], byte[]> past = new ProducerRecord<>("responses", new byte[] {1});
    past.headers().add("promptferry-overflow", "CAP".getBytes(UTF_8));
    write(List.of(past));

    assertThat(counted).containsExactly(Overflow.CAP);
  }

  @Test
  void theNameOfAReplyToThatWasNotObeyedGivesWayToTheTopicThatRefused() {
    producer.denied.put("responses.a", new TopicAuthorizationException(Set.of("responses.a")));
    ProducerRecord<byte[], byte[]> response = to("a");
    response.headers().add("promptferry-intended-topic", "elsewhere".getBytes(UTF_8));
    response.headers().add("promptferry-overflow", "REPLY_TO".getBytes(UTF_8));
    write(List.of(response));

    ProducerRecord<byte[], byte[]> shared = producer.history().get(0);
    assertThat(shared.headers().toArray()).hasSize(2);
    assertThat(header(shared, "promptferry-intended-topic")).isEqualTo("responses.a");
    assertThat(counted).containsExactly(Overflow.REFUSED);
  }

  private void write(List<ProducerRecord<byte[], byte[]>> responses) {
    delivery.write(
        producer,
        responses,
        (routed, told) -> {
          shortened.clear();
          shortened.addAll(told);
          transact(routed);
        });
  }

  private void transact(List<ProducerRecord<byte[], byte[]>> records) {
    partition.get().transact(producer, 42, records);
  }

  private List<String> written() {
    return producer.history().stream().map(ProducerRecord::topic).toList();
  }

  private static ProducerRecord<byte[], byte[]> to(String key) {
    return to(key, 10);
  }

  private static ProducerRecord<byte[], byte[]> to(String key, int bytes) {
    return new ProducerRecord<>(
        "responses." + key, key.getBytes(UTF_8), new byte[bytes - key.length()]);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
