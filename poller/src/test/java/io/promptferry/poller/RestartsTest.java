package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.intent;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.refused;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.Stats;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Crashes before and after every call, write and commit, at random; what was written and committed
 * stays. The seed is the test's name.
 */
class RestartsTest {

  private static final TopicPartition P0 = new TopicPartition("jobs", 0);
  private static final int JOBS = 12;
  private static final int MAX_ROUNDS = 3_000;

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final MutableClock clock = new MutableClock(T0);
  private final WatchedProvider provider = new WatchedProvider(clock);
  private final List<Job> jobs = new ArrayList<>();
  private final List<JobState> written = new ArrayList<>();
  private long committed;
  private long delivered;
  private int crashIn;
  private int crashes;

  static List<Long> seeds() {
    return new Random(20260301).longs(150).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyJobHasExactlyOneLastState(long seed) throws InterruptedException {
    var random = new Random(seed);
    provider.duringCall(this::point);
    provider.listInPagesOf(1 + random.nextInt(5));
    for (int life = 0, round = 0; committed < JOBS; life++) {
      crashIn = life < 40 ? random.nextInt(1, 40) : Integer.MAX_VALUE;
      MockConsumer<byte[], Job> consumer = consumer();
      try {
        PollLoop loop = loop(consumer);
        consumer.rebalance(List.of(P0));
        consumer.seek(P0, committed);
        delivered = committed;
        while (committed < JOBS) {
          assertThat(round++).isLessThan(MAX_ROUNDS);
          clock.advance(Duration.ofSeconds(random.nextInt(1, 600)));
          happen(random);
          deliver(consumer);
          loop.runOnce();
          nothingIsPassedOver();
        }
      } catch (Crash e) {
        crashes++;
        nothingIsPassedOver();
      }
    }

    for (Job job : jobs) {
      assertThat(written)
          .filteredOn(JobState::getTerminal)
          .extracting(JobState::getBatchId)
          .filteredOn(job.getBatch().getBatchId()::equals)
          .hasSize(job.getPhase() == JobPhase.INTENT ? 0 : 1);
    }
    assertThat(crashes).isPositive();
  }

  /** A new job, news of an old one, or trouble. */
  private void happen(Random random) {
    if (jobs.size() < JOBS && random.nextInt(3) == 0) {
      String id = "b" + jobs.size();
      Job job =
          switch (random.nextInt(6)) {
            case 0 -> intent(id);
            case 1 -> refused(id, null);
            default -> submitted(id);
          };
      job.setAt(clock.instant());
      jobs.add(job);
      if (job.getPhase() == JobPhase.SUBMITTED && random.nextInt(5) > 0) {
        provider.show(remote(id, "PENDING"));
      }
    }
    if (jobs.isEmpty()) {
      return;
    }
    String id = "b" + random.nextInt(jobs.size());
    if (jobs.get(Integer.parseInt(id.substring(1))).getPhase() != JobPhase.SUBMITTED) {
      return;
    }
    Instant now = clock.instant();
    switch (random.nextInt(8)) {
      case 0 -> provider.show(remote(id, "RUNNING", null, new Stats(9, 4, 0, 5), null, null));
      case 1 -> provider.show(remote(id, "SUCCEEDED"));
      case 2 -> provider.show(remote(id, "SUCCEEDED", "files/out", null, null, now));
      case 3 -> provider.show(remote(id, "EXPIRED", null, null, null, now));
      case 4 -> provider.forget(jobName(id));
      case 5 -> provider.fail(jobName(id), random.nextBoolean() ? Kind.UNKNOWN : Kind.BUSY);
      default -> {} // Nothing.
    }
  }

  private void deliver(MockConsumer<byte[], Job> consumer) {
    for (; delivered < jobs.size(); delivered++) {
      Job job = jobs.get((int) delivered);
      consumer.addRecord(
          new ConsumerRecord<>(
              P0.topic(),
              P0.partition(),
              delivered,
              job.getAt().toEpochMilli(),
              TimestampType.CREATE_TIME,
              0,
              0,
              new byte[0],
              job,
              new RecordHeaders(),
              Optional.empty()));
    }
  }

  private void nothingIsPassedOver() {
    for (Job job : jobs.subList(0, (int) committed)) {
      if (job.getPhase() != JobPhase.INTENT) {
        assertThat(written)
            .anyMatch(
                state ->
                    state.getTerminal() && state.getBatchId().equals(job.getBatch().getBatchId()));
      }
    }
  }

  private void point() {
    if (--crashIn == 0) {
      throw new Crash();
    }
  }

  private PollLoop loop(MockConsumer<byte[], Job> consumer) {
    var settings =
        new PollSettings(
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofHours(2),
            false,
            Duration.ofMillis(1),
            Duration.ofSeconds(1));
    return new PollLoop(
        new PollLoop.Clients(
            consumer,
            producer(),
            (topic, state) -> PollBench.bytes(state),
            this::past,
            Accounts.only(provider)),
        new Topics(""),
        settings,
        new PollMetrics(new SimpleMeterRegistry()),
        clock,
        () -> 0.5);
  }

  private void past(int partition, Instant since, Consumer<JobState> states) {
    for (JobState state : written) {
      point();
      if (!state.getObservedAt().isBefore(since)) {
        states.accept(PollBench.state(PollBench.bytes(state)));
      }
    }
  }

  private MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        point();
        written.add(PollBench.state(record.value()));
        Future<RecordMetadata> sent = super.send(record);
        point();
        return sent;
      }
    };
  }

  private MockConsumer<byte[], Job> consumer() {
    return new MockConsumer<>("earliest") {
      @Override
      public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        point();
        committed = Objects.requireNonNull(offsets.get(P0)).offset();
        point();
      }
    };
  }
}
