package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A loop between a consumer, a producer, a provider and a clock that the test holds. */
abstract class PollBench {

  static final TopicPartition P0 = new TopicPartition("jobs", 0);
  static final TopicPartition P1 = new TopicPartition("jobs", 1);
  static final Duration FIRST = Duration.ofSeconds(5);
  static final Duration LONGEST = Duration.ofSeconds(60);
  static final Duration RESULT_WAIT = Duration.ofHours(1);
  static final Duration GONE_AFTER = Duration.ofHours(2);
  static final Duration GIVE_UP_AFTER = Duration.ofDays(3);
  static final Duration STUCK_AFTER = Duration.ofHours(26);

  final MutableClock clock = new MutableClock(T0);
  final WatchedProvider provider = new WatchedProvider(clock);
  Accounts accounts = Accounts.only(provider);
  final FlakyConsumer consumer = new FlakyConsumer();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final PollMetrics metrics = new PollMetrics(meters);
  MockProducer<byte[], byte[]> producer = producer(true);
  Instant pastSince = Instant.MAX;
  PollLoop loop = loop();

  @BeforeEach
  void assign() {
    assign(P0, P1);
  }

  PollLoop loop() {
    return loop(false);
  }

  PollLoop loop(boolean stuckCancel) {
    return new PollLoop(
        new PollLoop.Clients(
            consumer, producer, (topic, state) -> bytes(state), this::past, accounts),
        new Topics(""),
        settings(stuckCancel),
        metrics,
        clock,
        () -> 0);
  }

  static PollSettings settings(boolean stuckCancel) {
    return new PollSettings(
        FIRST,
        LONGEST,
        RESULT_WAIT,
        GONE_AFTER,
        GIVE_UP_AFTER,
        STUCK_AFTER,
        stuckCancel,
        Duration.ofDays(7),
        Duration.ofSeconds(10));
  }

  /** What the topic of states holds is what was written. */
  void past(int partition, Instant since, Consumer<JobState> states) {
    pastSince = since;
    reported().forEach(states);
  }

  /** A new life: everything in memory is gone, and the partition is read from its offset. */
  void restart(TopicPartition partition, long offset, Job... jobs) {
    loop = loop();
    assign(partition);
    consumer.seek(partition, offset);
    for (int i = 0; i < jobs.length; i++) {
      add(partition, offset + i, jobs[i]);
    }
  }

  double gauge(String name, String... tags) {
    return meters.get("promptferry." + name).tags(tags).gauge().value();
  }

  double count(String name, String... tags) {
    return meters.get("promptferry." + name).tags(tags).counter().count();
  }

  void runOnce() {
    try {
      loop.runOnce();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rounds in which every open job is due. */
  void rounds(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      clock.advance(Duration.ofSeconds(61));
      loop.runOnce();
    }
  }

  void assign(TopicPartition... partitions) {
    consumer.rebalance(Set.of());
    consumer.rebalance(List.of(partitions));
    for (TopicPartition partition : partitions) {
      consumer.seek(partition, 0);
    }
  }

  void add(TopicPartition partition, long offset, Job job) {
    consumer.addRecord(
        new ConsumerRecord<>(partition.topic(), partition.partition(), offset, new byte[0], job));
  }

  long committed(TopicPartition partition) {
    OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
    return offset == null ? -1 : offset.offset();
  }

  List<JobState> reported() {
    return producer.history().stream().map(record -> state(record.value())).toList();
  }

  List<String> states(String batchId) {
    return reported().stream()
        .filter(state -> state.getBatchId().equals(batchId))
        .map(JobState::getState)
        .toList();
  }

  static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static byte[] bytes(@Nullable JobState state) {
    try {
      return Objects.requireNonNull(state).toByteBuffer().array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JobState state(byte[] bytes) {
    try {
      return JobState.fromByteBuffer(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
