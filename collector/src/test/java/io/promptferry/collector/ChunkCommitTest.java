package io.promptferry.collector;

import static io.promptferry.collector.Samples.receipt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.kafka.RevokedException;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChunkCommitTest {

  private static final TopicPartition STATES = new TopicPartition("job-states", 3);

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
          (topic, receipt) -> (topic + ":" + receipt.getNextOffset()).getBytes(UTF_8),
          receipts,
          new Delivery(
              new ResponseTopics(
                  new Topics(""),
                  new ResponseSettings("responses.{key}", 10, Pattern.compile("")),
                  new FakeCluster("responses.a", "responses.b"),
                  Clock.systemUTC()),
              why -> {}));

  @BeforeEach
  void start() {
    producer.initTransactions();
    progress.begin(41);
  }

  @AfterEach
  void giveBack() {
    partition.close();
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
      super.beginTransaction();
    }
  }
}
