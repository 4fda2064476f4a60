package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AssignedPartitionTest {

  private static final TopicPartition JOBS_3 = new TopicPartition("jobs", 3);

  private final AssignedPartition<String> partition =
      new AssignedPartition<>(JOBS_3, Generation.of(1));
  private final TestProducer producer = new TestProducer();

  /** Notes the group of each transaction, and can be held up in its commit. */
  private static final class TestProducer extends MockProducer<byte[], byte[]> {
    private volatile @Nullable ConsumerGroupMetadata group;
    private final CountDownLatch committing = new CountDownLatch(1);
    private volatile CountDownLatch mayCommit = new CountDownLatch(0);

    TestProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata metadata) {
      group = metadata;
      super.sendOffsetsToTransaction(offsets, metadata);
    }

    @Override
    public void commitTransaction() {
      committing.countDown();
      try {
        mayCommit.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      super.commitTransaction();
    }
  }

  @BeforeEach
  void init() {
    producer.initTransactions();
  }

  @Test
  void aTransactionHoldsTheRecordsAndTheOffset() {
    partition.transact(producer, 42, List.of(output("a"), output("b")));
    assertThat(producer.history())
        .extracting(AssignedPartitionTest::text)
        .containsExactly("a", "b");
    assertThat(producer.consumerGroupOffsetsHistory())
        .containsExactly(Map.of("group", Map.of(JOBS_3, new OffsetAndMetadata(42))));
    assertThat(producer.commitCount()).isEqualTo(1);
  }

  @Test
  void aTransactionWithoutRecordsCommitsTheOffsetAllTheSame() {
    partition.transact(producer, 42, List.of());
    assertThat(producer.consumerGroupOffsetsHistory()).hasSize(1);
    assertThat(producer.commitCount()).isEqualTo(1);
  }

  @Test
  void afterTheRevocationNothingIsWritten() {
    partition.revoke();
    assertThat(partition.revoked()).isTrue();
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(output("a"))))
        .isInstanceOf(RevokedException.class);
    assertThat(producer.history()).isEmpty();
    assertThat(producer.transactionInFlight()).isFalse();
    assertThat(producer.commitCount()).isZero();
  }

  @Test
  void theRevocationWaitsForTheTransactionInProgress() throws Exception {
    producer.mayCommit = new CountDownLatch(1);
    var writing =
        CompletableFuture.runAsync(() -> partition.transact(producer, 42, List.of(output("a"))));
    producer.committing.await();
    var revoking = new Thread(partition::revoke);
    revoking.start();
    await().until(() -> revoking.getState() == Thread.State.WAITING);
    assertThat(producer.commitCount()).isZero();

    producer.mayCommit.countDown();
    revoking.join();
    assertThat(producer.commitCount()).isEqualTo(1);
    writing.join();
  }

  @Test
  void aSendThatFailsAbortsTheTransaction() {
    producer.sendException = new KafkaException("too large");
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(output("a"))))
        .isSameAs(producer.sendException);
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.commitCount()).isZero();
    assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
  }

  @Test
  void offsetsThatAreRefusedAbortTheTransaction() {
    producer.sendOffsetsToTransactionException = new KafkaException("another generation");
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(output("a"))))
        .isSameAs(producer.sendOffsetsToTransactionException);
    assertThat(producer.transactionAborted()).isTrue();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void whatPreparesTheRecordsMayFail() {
    Iterable<ProducerRecord<byte[], byte[]>> broken =
        () -> {
          throw new IllegalStateException("no record");
        };
    assertThatThrownBy(() -> partition.transact(producer, 42, broken)).hasMessage("no record");
    assertThat(producer.transactionAborted()).isTrue();
  }

  @Test
  void aProducerThatIsFencedIsNotAskedToAbort() {
    producer.commitTransactionException = new ProducerFencedException("a later life");
    producer.abortTransactionException = new KafkaException("aborted");
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of()))
        .isSameAs(producer.commitTransactionException)
        .hasNoSuppressedExceptions();
  }

  @Test
  void theFirstFailureIsToldAndNotThatOfTheAbort() {
    // After a commit that timed out the client allows no abort, and says so by this exception.
    producer.commitTransactionException = new TimeoutException("commit");
    producer.abortTransactionException = new IllegalStateException("must be retried");
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of()))
        .isSameAs(producer.commitTransactionException)
        .hasSuppressedException(producer.abortTransactionException);
  }

  @Test
  void thePartitionIsFreeAgainAfterAFailure() {
    producer.sendException = new KafkaException("too large");
    assertThatThrownBy(() -> partition.transact(producer, 42, List.of(output("a"))))
        .isInstanceOf(KafkaException.class);
    producer.sendException = null;
    partition.transact(producer, 42, List.of(output("b")));
    assertThat(producer.history()).extracting(AssignedPartitionTest::text).containsExactly("b");
  }

  @Test
  void theGroupsLatestGenerationIsUsed() {
    partition.transact(producer, 1, List.of());
    assertThat(producer.group).isEqualTo(Generation.of(1));
    partition.regroup(Generation.of(2));
    partition.transact(producer, 2, List.of());
    assertThat(producer.group).isEqualTo(Generation.of(2));
  }

  @Test
  void recordsAreTakenInTheirOrder() throws Exception {
    assertThat(partition.offer(List.of(input(1), input(2)))).isEqualTo(2);
    assertThat(partition.offer(List.of(input(3)))).isEqualTo(3);
    assertThat(partition.take().offset()).isEqualTo(1);
    assertThat(partition.waiting()).isEqualTo(2);
    assertThat(partition.takeMore(1)).extracting(ConsumerRecord::offset).containsExactly(2L);
    assertThat(partition.takeMore(9)).extracting(ConsumerRecord::offset).containsExactly(3L);
    assertThat(partition.takeMore(9)).isEmpty();
    assertThat(partition.topicPartition()).isEqualTo(JOBS_3);
  }

  @Test
  void takingWaitsForARecord() {
    var taken = new AtomicLong(-1);
    Thread taker = inThread(() -> taken.set(partition.take().offset()));
    await().until(() -> taker.getState() == Thread.State.WAITING);
    partition.offer(List.of(input(7)));
    await().untilAsserted(() -> assertThat(taken).hasValue(7));
  }

  @Test
  void awaitingEndsWithARecordWhichStaysInTheQueue() {
    var ended = new CountDownLatch(1);
    Thread waiter =
        inThread(
            () -> {
              partition.awaitMore(Duration.ofHours(1));
              ended.countDown();
            });
    await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
    partition.offer(List.of(input(7)));
    await().until(() -> ended.getCount() == 0);
    assertThat(partition.waiting()).isEqualTo(1);
  }

  @Test
  void awaitingEndsByItself() throws Exception {
    long before = System.nanoTime();
    partition.awaitMore(Duration.ofMillis(20));
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(20));
  }

  @Test
  void theRevocationEndsTheAwaiting() {
    assertRevocationEnds(() -> partition.awaitMore(Duration.ofHours(1)));
  }

  @Test
  void theRevocationEndsTheWaitForARecord() {
    assertRevocationEnds(partition::take);
  }

  @Test
  void theRevocationEndsAPause() {
    assertRevocationEnds(() -> partition.pause(Duration.ofHours(1)));
  }

  @Test
  void aRevokedPartitionYieldsNothingAndDoesNotPause() {
    partition.offer(List.of(input(1)));
    partition.revoke();
    assertThatThrownBy(partition::take).isInstanceOf(RevokedException.class);
    assertThatThrownBy(() -> partition.pause(Duration.ZERO)).isInstanceOf(RevokedException.class);
  }

  @Test
  void aPauseEndsByItself() throws Exception {
    long before = System.nanoTime();
    partition.pause(Duration.ofMillis(20));
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(20));
  }

  @Test
  void aPauseIsNotCutShortByARecord() {
    var ended = new CountDownLatch(1);
    Thread pausing =
        inThread(
            () -> {
              partition.pause(Duration.ofHours(1));
              ended.countDown();
            });
    await().until(() -> pausing.getState() == Thread.State.TIMED_WAITING);
    partition.offer(List.of(input(1)));
    await().until(() -> pausing.getState() == Thread.State.TIMED_WAITING);
    assertThat(ended.getCount()).isEqualTo(1);
    partition.revoke();
  }

  /** Something that a worker waits in. */
  private interface Waiting {
    void run() throws Exception;
  }

  private void assertRevocationEnds(Waiting waiting) {
    var end = new AtomicReference<@Nullable Exception>();
    Thread waiter =
        inThread(
            () -> {
              try {
                waiting.run();
              } catch (RevokedException e) {
                end.set(e);
              }
            });
    await()
        .until(
            () ->
                waiter.getState() == Thread.State.WAITING
                    || waiter.getState() == Thread.State.TIMED_WAITING);
    partition.revoke();
    await().untilAsserted(() -> assertThat(end.get()).isInstanceOf(RevokedException.class));
  }

  private static Thread inThread(Waiting work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RevokedException e) {
                // The end of the test.
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static ProducerRecord<byte[], byte[]> output(String value) {
    return new ProducerRecord<>("out", value.getBytes(StandardCharsets.UTF_8));
  }

  private static ConsumerRecord<byte[], String> input(long offset) {
    return new ConsumerRecord<>("jobs", 3, offset, new byte[0], "value");
  }

  private static String text(ProducerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
