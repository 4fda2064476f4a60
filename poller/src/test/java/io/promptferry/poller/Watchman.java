package io.promptferry.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.schemas.Topics;
import io.promptferry.simulator.gate.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An instance that owns the partition of a {@link Watch}: the real adapter behind a gate of its
 * own, and a thread. Its rounds are so far apart on the clock that every open job is due.
 */
final class Watchman implements AutoCloseable {

  private static final TopicPartition P0 = new TopicPartition("jobs", 0);
  private static final Duration ROUND = Duration.ofHours(9);
  private static final int MOST_ROUNDS = 30;
  private static final long JOIN_MS = 30_000;

  final Gate gate;
  private final Watch watch;
  private final MockConsumer<byte[], Job> consumer = consumer();
  private final PollLoop loop;
  private final List<JobState> mine = new CopyOnWriteArrayList<>();
  private final AtomicReference<Exception> end = new AtomicReference<>();
  private final Thread life = new Thread(this::live, "watchman");
  private volatile boolean fenced;
  private volatile boolean dead;

  /** Owns it from now on, and reads on from what is committed. */
  Watchman(Watch watch, Duration timeout) throws IOException {
    this.watch = watch;
    this.gate = new Gate(watch.simulator.baseUrl());
    var clients =
        new PollLoop.Clients(
            consumer,
            producer(),
            (topic, state) -> PollBench.bytes(state),
            (partition, since, states) -> watch.written.forEach(states),
            Accounts.only(Watch.adapter(gate.url(), timeout)));
    loop =
        new PollLoop(
            clients,
            new Topics(""),
            PollBench.settings(true),
            new PollMetrics(new SimpleMeterRegistry()),
            watch.clock,
            () -> 0);
  }

  void start() {
    life.start();
  }

  /** Somebody else has the partition: no offset of this one can be committed any more. */
  void fence() {
    fenced = true;
  }

  /** It is dead: nothing that it does has any effect. */
  void kill() {
    dead = true;
    fenced = true;
    gate.shut();
    life.interrupt();
  }

  void await(BooleanSupplier condition) {
    org.awaitility.Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> condition.getAsBoolean() || !life.isAlive());
  }

  void join() throws InterruptedException {
    life.join(JOIN_MS);
    assertThat(life.isAlive()).as("alive after %s", gate.calls()).isFalse();
    if (!dead && end.get() != null) {
      throw new AssertionError("ended after " + gate.calls(), end.get());
    }
  }

  /** The last states of a batch that it has written. */
  List<String> ends(String batchId) {
    return mine.stream()
        .filter(JobState::getTerminal)
        .filter(state -> state.getBatchId().equals(batchId))
        .map(JobState::getState)
        .toList();
  }

  private void live() {
    try {
      consumer.rebalance(List.of(P0));
      consumer.seek(P0, watch.committed);
      for (int i = (int) watch.committed; i < watch.jobs.size(); i++) {
        consumer.addRecord(
            new ConsumerRecord<>(P0.topic(), P0.partition(), i, new byte[0], watch.jobs.get(i)));
      }
      for (int round = 0; !watch.finished() && !fenced; round++) {
        assertThat(round).isLessThan(MOST_ROUNDS);
        watch.clock.advance(ROUND);
        loop.runOnce();
      }
      if (!dead) {
        // It learns that the partition is lost, and goes on without it.
        consumer.rebalance(Set.of());
        loop.runOnce();
      }
    } catch (Exception | AssertionError e) {
      end.set(e instanceof Exception failure ? failure : new IllegalStateException(e));
    }
  }

  private MockConsumer<byte[], Job> consumer() {
    return new MockConsumer<>("earliest") {
      @Override
      public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (fenced) {
          throw new CommitFailedException("another generation");
        }
        watch.committed = Objects.requireNonNull(offsets.get(P0)).offset();
      }
    };
  }

  private MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        if (dead) {
          throw new KafkaException("dead");
        }
        JobState state = PollBench.state(record.value());
        mine.add(state);
        watch.written.add(state);
        return super.send(record);
      }
    };
  }

  @Override
  public void close() {
    life.interrupt();
    gate.close();
    loop.close();
  }
}
