package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptferry.runtime.ManualClock;
import io.promptferry.runtime.kafka.PartitionedConsumer.Limits;
import io.promptferry.runtime.service.FatalException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PartitionedConsumerTest {

  private static final TopicPartition P0 = new TopicPartition("jobs", 0);
  private static final TopicPartition P1 = new TopicPartition("jobs", 1);
  private static final int QUEUE = 3;
  private static final int RESTARTS = 3;

  private final ManualClock clock = new ManualClock();
  private final GroupConsumer consumer = new GroupConsumer();
  private final List<Life> lives = new CopyOnWriteArrayList<>();
  private Work work = Life::takeAll;
  private final PartitionedConsumer<String> loop =
      new PartitionedConsumer<>(
          consumer, List.of("jobs"), this::begin, new Limits(QUEUE, RESTARTS), clock);

  /** What the workers of a test do. */
  private interface Work {
    void run(Life life) throws Exception;
  }

  /** One worker, from its start to its end. */
  private static final class Life {
    private final TopicPartition of;
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile @Nullable AssignedPartition<String> partition;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Throwable end;

    Life(TopicPartition of) {
      this.of = of;
    }

    void takeAll() throws InterruptedException {
      while (true) {
        taken.add(partition().take().value());
      }
    }

    AssignedPartition<String> partition() throws InterruptedException {
      started.await();
      return Objects.requireNonNull(partition);
    }

    void awaitEnd() throws InterruptedException {
      started.await();
      if (thread != null) {
        thread.join();
      }
    }

    boolean ended() {
      return thread != null && !thread.isAlive();
    }
  }

  /** A member of a group whose generation the test sets; it keeps its listener at hand. */
  private static final class GroupConsumer extends MockConsumer<byte[], String> {
    private volatile int generation = 1;
    private @Nullable ConsumerRebalanceListener listener;

    GroupConsumer() {
      super("earliest");
      updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
      this.listener = listener;
      super.subscribe(topics, listener);
    }

    @Override
    public ConsumerGroupMetadata groupMetadata() {
      return Generation.of(generation);
    }

    void lose(TopicPartition partition) {
      if (listener == null) {
        throw new IllegalStateException("not subscribed");
      }
      listener.onPartitionsLost(List.of(partition));
    }
  }

  private PartitionWorker<String> begin(TopicPartition of) {
    var life = new Life(of);
    lives.add(life);
    return partition -> {
      life.partition = partition;
      life.thread = Thread.currentThread();
      life.started.countDown();
      try {
        work.run(life);
      } catch (Throwable e) {
        life.end = e;
        throw e;
      }
    };
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void eachPartitionHasItsWorker() throws Exception {
    assign(P0, P1);
    add(P0, 0, 1, 2);
    add(P1, 0);
    loop.runOnce();
    assertThat(lives).extracting(life -> life.of).containsExactlyInAnyOrder(P0, P1);
    await().untilAsserted(() -> assertThat(life(P0).taken).containsExactly("0", "1", "2"));
    await().untilAsserted(() -> assertThat(life(P1).taken).containsExactly("0"));
    assertThat(life(P0).partition().topicPartition()).isEqualTo(P0);
  }

  @Test
  void isReadyOnceItIsAssigned() {
    loop.runOnce();
    assertThat(loop.ready()).isFalse();
    assign(P0);
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void isNotReadyWhenItsPartitionsAreLost() {
    assign(P0);
    consumer.schedulePollTask(() -> consumer.lose(P0));
    loop.runOnce();
    assertThat(loop.ready()).isFalse();
    assertThat(life(P0).ended()).isTrue();
    assertThat(life(P0).end).isInstanceOfAny(RevokedException.class, InterruptedException.class);
  }

  @Test
  void aFullQueuePausesItsPartitionUntilThereIsRoom() throws Exception {
    var mayTake = new Semaphore(0);
    work =
        life -> {
          while (true) {
            if (life.of.equals(P0)) {
              mayTake.acquire();
            }
            life.taken.add(life.partition().take().value());
          }
        };
    assign(P0, P1);
    add(P0, 0, 1);
    loop.runOnce();
    assertThat(consumer.paused()).isEmpty();
    add(P0, 2, 3);
    loop.runOnce();
    assertThat(consumer.paused()).containsExactly(P0);
    add(P0, 4);
    loop.runOnce();
    assertThat(life(P0).partition().waiting()).isEqualTo(4);

    mayTake.release(1);
    await().until(() -> life(P0).taken.size() == 1);
    loop.runOnce();
    assertThat(consumer.paused()).containsExactly(P0);

    mayTake.release(4);
    await()
        .untilAsserted(
            () -> {
              loop.runOnce();
              assertThat(consumer.paused()).isEmpty();
              assertThat(life(P0).taken).containsExactly("0", "1", "2", "3", "4");
            });
  }

  @Test
  void aWorkerThatFailsStartsAnewFromTheCommittedOffset() throws Exception {
    work = PartitionedConsumerTest::failAtTwo;
    assign(P0);
    commit(P0, 1);
    add(P0, 0, 1, 2, 3);
    loop.runOnce();
    lives.get(0).awaitEnd();
    assertThat(lives.get(0).taken).containsExactly("0", "1", "2");

    // The back-off is a quarter of a second, and up to a fifth less.
    clock.advance(Duration.ofMillis(199));
    loop.runOnce();
    assertThat(lives).hasSize(1);
    work = Life::takeAll;
    clock.advance(Duration.ofMillis(51));
    loop.runOnce();
    assertThat(lives).hasSize(2);
    assertThat(consumer.position(P0)).isEqualTo(1);

    add(P0, 1, 2, 3);
    loop.runOnce();
    await().untilAsserted(() -> assertThat(lives.get(1).taken).containsExactly("1", "2", "3"));
  }

  @Test
  void withoutACommittedOffsetAWorkerStartsAnewFromTheBeginning() throws Exception {
    work = PartitionedConsumerTest::failAtTwo;
    consumer.updateBeginningOffsets(Map.of(P0, 2L));
    assign(P0);
    add(P0, 2, 3);
    loop.runOnce();
    failAndRestart(0);
    assertThat(lives).hasSize(2);
    assertThat(consumer.position(P0)).isEqualTo(2);
  }

  @Test
  void aQueueThatIsJustFullPausesItsPartition() {
    work = life -> life.partition().pause(Duration.ofHours(1));
    assign(P0);
    add(P0, 0, 1);
    loop.runOnce();
    assertThat(consumer.paused()).isEmpty();
    add(P0, 2);
    loop.runOnce();
    assertThat(consumer.paused()).containsExactly(P0);
  }

  @Test
  void aPartitionThatWasPausedIsReadAgainAfterARestart() throws Exception {
    var mayFail = new CountDownLatch(1);
    work =
        life -> {
          mayFail.await();
          throw new IllegalStateException("no luck");
        };
    assign(P0);
    add(P0, 0, 1, 2, 3);
    loop.runOnce();
    assertThat(consumer.paused()).containsExactly(P0);
    mayFail.countDown();
    lives.get(0).awaitEnd();
    work = Life::takeAll;
    failAndRestart(0);
    loop.runOnce();
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void theOtherPartitionsGoOnWhileOneWaitsToRestart() throws Exception {
    work =
        life -> {
          if (life.of.equals(P0)) {
            throw new IllegalStateException("no luck");
          }
          life.takeAll();
        };
    assign(P0, P1);
    loop.runOnce();
    life(P0).awaitEnd();
    add(P1, 0, 1);
    loop.runOnce();
    await().untilAsserted(() -> assertThat(life(P1).taken).containsExactly("0", "1"));
    assertThat(lives).hasSize(2);
  }

  @Test
  void theWaitDoublesWithEveryFailure() throws Exception {
    work = PartitionedConsumerTest::fail;
    assign(P0);
    failAndRestart(0);
    lives.get(1).awaitEnd();
    clock.advance(Duration.ofMillis(399));
    loop.runOnce();
    assertThat(lives).hasSize(2);
    clock.advance(Duration.ofMillis(101));
    loop.runOnce();
    assertThat(lives).hasSize(3);
  }

  @Test
  void failuresInARowAreFatalAndNameTheKey() throws Exception {
    work = PartitionedConsumerTest::fail;
    assign(P0);
    failAndRestart(0);
    failAndRestart(1);
    lives.get(2).awaitEnd();
    assertThatThrownBy(loop::runOnce)
        .isInstanceOf(FatalException.class)
        .hasMessage(
            "the worker of jobs-0 failed 3 times in a row (restart.max.attempts),"
                + " the last time with: no luck");
  }

  @Test
  void aLongLifeBreaksTheRow() throws Exception {
    work =
        life -> {
          clock.advance(Duration.ofSeconds(61));
          throw new IllegalStateException("now and then");
        };
    assign(P0);
    for (int i = 0; i < RESTARTS + 2; i++) {
      failAndRestart(i);
    }
    lives.get(RESTARTS + 2).awaitEnd();
    assertThatCode(loop::runOnce).doesNotThrowAnyException();
  }

  @Test
  void anErrorIsAFailureLikeAnother() throws Exception {
    work =
        life -> {
          throw new StackOverflowError();
        };
    assign(P0);
    failAndRestart(0);
    assertThat(lives).hasSize(2);
    failAndRestart(1);
    lives.get(2).awaitEnd();
    assertThatThrownBy(loop::runOnce)
        .isInstanceOf(FatalException.class)
        .hasMessageEndingWith("the last time with: java.lang.StackOverflowError");
  }

  @Test
  void aWorkerThatReturnsHasFailed() throws Exception {
    work = life -> {};
    assign(P0);
    failAndRestart(0);
    assertThat(lives).hasSize(2);
  }

  @Test
  void theRevocationEndsTheWorkerBeforeItReturns() throws Exception {
    assign(P0, P1);
    life(P0).started.await();
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(P1));
          assertThat(life(P0).ended()).isTrue();
        });
    loop.runOnce();
    assertThat(life(P0).ended()).isTrue();
    assertThat(life(P0).end).isInstanceOfAny(RevokedException.class, InterruptedException.class);
    assertThat(life(P1).ended()).isFalse();
    assertThat(lives).hasSize(2);
  }

  @Test
  void aWorkerThatEndsByItselfIsNotDisturbedInIt() throws Exception {
    work =
        life -> {
          try {
            life.takeAll();
          } finally {
            TimeUnit.MILLISECONDS.sleep(20);
            life.taken.add("closed");
          }
        };
    assign(P0);
    life(P0).started.await();
    consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
    loop.runOnce();
    assertThat(life(P0).taken).containsExactly("closed");
    assertThat(life(P0).end).isInstanceOf(RevokedException.class);
  }

  @Test
  void theRevocationInterruptsALongWait() throws Exception {
    var forever = new CountDownLatch(1);
    work = life -> forever.await();
    assign(P0);
    life(P0).started.await();
    consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
    loop.runOnce();
    assertThat(life(P0).ended()).isTrue();
    assertThat(life(P0).end).isInstanceOf(InterruptedException.class);
    // It was not a failure, and a partition that comes back begins anew.
    assign(P0);
    assertThat(lives).hasSize(2);
  }

  @Test
  void aPartitionThatComesBackBeginsWithAnEmptyQueue() throws Exception {
    work = life -> new CountDownLatch(1).await();
    assign(P0);
    add(P0, 0, 1);
    loop.runOnce();
    consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
    loop.runOnce();
    assign(P0);
    assertThat(lives).hasSize(2);
    assertThat(lives.get(1).partition().waiting()).isZero();
  }

  @Test
  void workersCommitWithTheGroupsLatestGeneration() throws Exception {
    assign(P0);
    life(P0).started.await();
    consumer.generation = 2;
    assign(P0, P1);
    var producer = new GroupNotingProducer();
    life(P0).partition().transact(producer, 1, List.of());
    assertThat(producer.generation).isEqualTo(2);
    assertThat(lives).hasSize(2);
  }

  @Test
  void closingEndsTheWorkersAndTheConsumer() throws Exception {
    assign(P0, P1);
    life(P0).started.await();
    life(P1).started.await();
    loop.close();
    assertThat(lives).allMatch(Life::ended);
    assertThat(consumer.closed()).isTrue();
  }

  private static final class GroupNotingProducer extends MockProducer<byte[], byte[]> {
    private int generation;

    GroupNotingProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
      initTransactions();
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata metadata) {
      generation = metadata.generationId();
      super.sendOffsetsToTransaction(offsets, metadata);
    }
  }

  private static void fail(Life life) {
    throw new IllegalStateException("no luck");
  }

  private static void failAtTwo(Life life) throws InterruptedException {
    while (true) {
      String value = life.partition().take().value();
      life.taken.add(value);
      if (value.equals("2")) {
        throw new IllegalStateException("no luck");
      }
    }
  }

  /** Waits until this life has failed, then until the next is due. */
  private void failAndRestart(int life) throws InterruptedException {
    lives.get(life).awaitEnd();
    clock.advance(Duration.ofSeconds(10));
    loop.runOnce();
  }

  private void assign(TopicPartition... partitions) {
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
    loop.runOnce();
  }

  private void commit(TopicPartition partition, long offset) {
    consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
  }

  private void add(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      consumer.addRecord(
          new ConsumerRecord<>(
              partition.topic(),
              partition.partition(),
              offset,
              new byte[0],
              Long.toString(offset)));
    }
  }

  private Life life(TopicPartition of) {
    return lives.stream().filter(life -> life.of.equals(of)).findFirst().orElseThrow();
  }
}
