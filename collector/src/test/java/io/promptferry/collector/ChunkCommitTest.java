package io.promptferry.collector;

import static io.promptferry.collector.Samples.receipt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.Shortening;
import io.promptferry.records.JobState;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Status;
import io.promptferry.records.Totals;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.kafka.RevokedException;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChunkCommitTest {

  private static final TopicPartition STATES = new TopicPartition("job-states", 3);

  private final RegistryStub registry = new RegistryStub();
  private final OwnedPartition<JobState> partition = new OwnedPartition<>(STATES);
  private final LoggingProducer producer = new LoggingProducer();
  private final Progress progress = new Progress();
  private final Receipts receipts = new Receipts();
  private final ChunkCommit commit =
      new ChunkCommit(
          partition.get(),
          producer,
          progress,
          41,
          "receipts",
          (topic, receipt) -> told(topic, receipt).getBytes(UTF_8),
          receipts,
          new Recount(new ReceiptSettings(Pattern.compile("^."), 2)),
          new Delivery(
              new ResponseTopics(
                  new Topics(""),
                  new ResponseSettings("responses.{key}", 10, Pattern.compile("")),
                  new FakeCluster("responses.a", "responses.b"),
                  Clock.systemUTC()),
              new Shortening(
                  registry.serdes().decoder(PromptResponse.class),
                  registry.serdes().serializer(PromptResponse.class)),
              why -> {}));

  @BeforeEach
  void start() {
    producer.initTransactions();
    progress.begin(41);
  }

  @AfterEach
  void giveBack() {
    partition.close();
    registry.close();
  }

  @Test
  void aChunkIsOneTransactionWithItsReceipt() {
    commit.write(List.of(response("responses.a"), response("responses.b")), List.of(), open());

    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly("responses.a", "responses.b", "receipts");
    ProducerRecord<byte[], byte[]> last = producer.history().get(2);
    assertThat(last.key()).isEqualTo("b1".getBytes(UTF_8));
    assertThat(last.value()).isEqualTo("receipts:7".getBytes(UTF_8));
  }

  @Test
  void anOpenBatchStaysTheNextToBeRead() {
    commit.write(List.of(response("responses.a")), List.of(), open());

    assertThat(committed()).containsExactly(Map.entry(STATES, 41L));
    assertThat(receipts.open("b1")).contains(open());
  }

  @Test
  void whatIsSentAgainGoesWithItsChunk() {
    var slice = new ProducerRecord<>("slices", new byte[] {1}, new byte[] {2});
    commit.write(List.of(response("responses.a")), List.of(slice), open());

    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly("responses.a", "slices", "receipts");
    assertThat(producer.history().get(2).partition()).as("beside its state").isEqualTo(3);
  }

  @Test
  void theLowestUnsettledBatchIsCommitted() {
    progress.begin(42);
    progress.begin(43);
    commit.write(List.of(), List.of(), settled());

    assertThat(committed()).containsExactly(Map.entry(STATES, 42L));
  }

  @Test
  void aSettledBatchIsPassed() {
    commit.write(List.of(response("responses.a")), List.of(), open());
    commit.write(List.of(), List.of(), settled());

    assertThat(committed()).containsExactly(Map.entry(STATES, 41L), Map.entry(STATES, 42L));
    assertThat(receipts.isSettled("b1")).isTrue();
  }

  @Test
  void topicsAreLearntOnceEachBeforeTheTransaction() {
    commit.write(
        List.of(response("responses.a"), response("responses.b"), response("responses.a")),
        List.of(),
        open());

    assertThat(producer.calls())
        .containsExactlyInAnyOrder("learn responses.a", "learn responses.b", "begin")
        .endsWith("begin");
  }

  /** Of the three with the key a one is too large, of the two with another key the failed one. */
  @Test
  void theReceiptCountsWhatIsTooLargeForItsTopicAsFailed() {
    producer.limit = 300;
    Receipt made = open();
    made.setTotals(totals(4, 1, "ANSWER_MISFIT", 1));
    made.setKeys(
        List.of(
            new KeyTotals("a", totals(3, 0, "", 0)),
            new KeyTotals(null, totals(1, 1, "ANSWER_MISFIT", 1))));
    Receipt written =
        commit.write(
            List.of(
                answer("a", 10, null),
                answer("a", 1_000, null),
                answer("b", 10, null),
                answer("b", 1_000, "ANSWER_MISFIT"),
                answer("a", 10, null)),
            List.of(),
            made);

    assertThat(written.getTotals()).isEqualTo(totals(3, 2, "ANSWER_TOO_LARGE", 2));
    assertThat(written.getKeys())
        .containsExactly(
            new KeyTotals("a", totals(2, 1, "ANSWER_TOO_LARGE", 1)),
            new KeyTotals(null, totals(1, 1, "ANSWER_TOO_LARGE", 1)));
    assertThat(made.getTotals()).as("left alone").isEqualTo(totals(4, 1, "ANSWER_MISFIT", 1));
    assertThat(receipts.open("b1")).contains(written);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly(
            "responses.a", "responses.a", "responses.b", "responses.b", "responses.a", "receipts");
    assertThat(new String(producer.history().get(5).value(), UTF_8))
        .as("the receipt in the transaction is the corrected one")
        .isEqualTo("receipts:7:2");
  }

  private static Totals totals(long succeeded, long failed, String reason, long count) {
    return Totals.newBuilder()
        .setSucceeded(succeeded)
        .setFailed(failed)
        .setPromptTokens(7)
        .setFailures(count == 0 ? Map.of() : Map.of(reason, count))
        .build();
  }

  private ProducerRecord<byte[], byte[]> answer(String key, int length, @Nullable String reason) {
    String topic = "responses." + key;
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId("id")
            .setStatus(reason == null ? Status.SUCCEEDED : Status.FAILED)
            .setError(reason == null ? null : new PromptError(reason, null, "no"))
            .setText("x".repeat(length))
            .setPromptedAt(Instant.EPOCH)
            .build();
    byte[] value = registry.serdes().serializer(PromptResponse.class).serialize(topic, response);
    return new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
  }

  @Test
  void aTransactionThatFailsIsNoReceipt() {
    producer.commitTransactionException = new KafkaException("too slow");

    assertThatThrownBy(() -> commit.write(List.of(response("responses.a")), List.of(), settled()))
        .hasMessage("too slow");
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.history()).isEmpty();
    assertThat(receipts.isSettled("b1")).isFalse();
  }

  @Test
  void whoLostThePartitionWritesNothing() {
    partition.get();
    partition.revoke();

    assertThatThrownBy(() -> commit.write(List.of(response("responses.a")), List.of(), settled()))
        .isInstanceOf(RevokedException.class);
    assertThat(producer.history()).isEmpty();
    assertThat(producer.calls()).doesNotContain("begin");
    assertThat(receipts.isSettled("b1")).isFalse();
  }

  private static String told(String topic, Receipt receipt) {
    long failed = receipt.getTotals().getFailed();
    return topic + ":" + receipt.getNextOffset() + (failed == 0 ? "" : ":" + failed);
  }

  private static Receipt open() {
    return receipt("b1", false, 0, 7);
  }

  private static Receipt settled() {
    return receipt("b1", true, 0, 9);
  }

  private static ProducerRecord<byte[], byte[]> response(String topic) {
    return new ProducerRecord<>(topic, new byte[] {1}, new byte[] {2});
  }

  /** The offsets of all transactions, of whatever partition. */
  private List<Map.Entry<TopicPartition, Long>> committed() {
    return producer.consumerGroupOffsetsHistory().stream()
        .flatMap(groups -> groups.values().stream())
        .flatMap(offsets -> offsets.entrySet().stream())
        .map(offset -> Map.entry(offset.getKey(), offset.getValue().offset()))
        .toList();
  }

  /** Notes what happens before and at the beginning of a transaction. */
  private static final class LoggingProducer extends MockProducer<byte[], byte[]> {

    private final List<String> calls = new ArrayList<>();
    private int limit = Integer.MAX_VALUE;

    LoggingProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    List<String> calls() {
      return calls;
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      calls.add("learn " + topic);
      return super.partitionsFor(topic);
    }

    @Override
    public void beginTransaction() {
      calls.add("begin");
      if (limit < Integer.MAX_VALUE) {
        commitTransactionException = null;
      }
      super.beginTransaction();
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (record.value().length <= limit) {
        return super.send(record, callback);
      }
      var failure = new RecordTooLargeException("too large");
      commitTransactionException = new KafkaException("in an error state", failure);
      var none = new TopicPartition(record.topic(), -1);
      callback.onCompletion(new RecordMetadata(none, -1, -1, -1, -1, -1), failure);
      return CompletableFuture.failedFuture(failure);
    }
  }
}
