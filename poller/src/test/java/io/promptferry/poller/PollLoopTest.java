package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.intent;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.refused;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollLoopTest {

  private static final TopicPartition P0 = new TopicPartition("jobs", 0);
  private static final TopicPartition P1 = new TopicPartition("jobs", 1);
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration GIVE_UP_AFTER = Duration.ofDays(3);

  private final MutableClock clock = new MutableClock(T0);
  private final FakeProvider provider = new FakeProvider();
  private final FlakyConsumer consumer = new FlakyConsumer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private MockProducer<byte[], byte[]> producer = producer(true);
  private PollLoop loop = loop();

  @BeforeEach
  void assign() {
    assign(P0, P1);
  }

  @Test
  void isReadyOnceItIsAssigned() {
    assertThat(loop().ready()).isFalse();
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void reportsEachTransitionOnce() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "PENDING"));
    rounds(3);
    provider.show(remote("b1", "RUNNING", null, new Stats(10, 0, 0, 10), null, null));
    rounds(3);
    provider.show(remote("b1", "RUNNING", null, new Stats(10, 5, 0, 5), null, null));
    rounds(3);
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    rounds(3);

    assertThat(states("b1")).containsExactly("PENDING", "RUNNING", "RUNNING", "SUCCEEDED");
    assertThat(reported())
        .extracting(JobState::getTerminal)
        .containsExactly(false, false, false, true);
    assertThat(provider.asked()).as("after its end nobody asks for it").hasSize(10);
  }

  @Test
  void theRecordOfAStateIsKeyedByItsBatch() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();

    ProducerRecord<byte[], byte[]> record = producer.history().get(0);
    assertThat(record.topic()).isEqualTo("job-states");
    assertThat(record.key()).isEqualTo("b1".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLastStateHoldsTheSubmission() throws Exception {
    Job submission = submitted("b1");
    add(P0, 0, submission);
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    loop.runOnce();

    assertThat(reported())
        .singleElement()
        .extracting(JobState::getSubmission)
        .isEqualTo(submission);
    assertThat(meters.get("promptferry.jobs.ended").tag("state", "SUCCEEDED").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aJobIsAskedForAgainWhenItIsDue() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    clock.advance(FIRST.minusMillis(1));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(1);

    clock.advance(Duration.ofMillis(1));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(2);
  }

  @Test
  void successWithoutItsResultFileIsWatchedOn() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "SUCCEEDED"));
    rounds(2);
    assertThat(committed(P0)).isEqualTo(0);

    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    rounds(1);
    assertThat(reported()).extracting(JobState::getTerminal).containsExactly(false, true);
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void aJobThatIsNotFoundIsWatchedOn() throws Exception {
    add(P0, 0, submitted("b1"));
    rounds(2);
    assertThat(reported()).isEmpty();
    assertThat(meters.get("promptferry.jobs.open").gauge().value()).isEqualTo(1);
    assertThat(
            meters.get("promptferry.provider.refusals").tag("kind", "NOT_FOUND").counter().count())
        .isEqualTo(2);

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).containsExactly("EXPIRED");
  }

  @Test
  void aProviderThatFailsCostsNoJobAndHoldsUpNoOther() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P0, 1, submitted("b2"));
    for (ProviderException.Kind kind : ProviderException.Kind.values()) {
      provider.fail(jobName("b1"), kind);
      rounds(1);
    }
    provider.show(remote("b2", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).isEmpty();
    assertThat(states("b2")).containsExactly("EXPIRED");

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).containsExactly("EXPIRED");
  }

  @Test
  void givesUpAfterTheConfiguredTime() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "PENDING"));
    clock.advance(GIVE_UP_AFTER.minusMillis(1));
    loop.runOnce();
    assertThat(states("b1")).containsExactly("PENDING");

    clock.advance(Duration.ofMinutes(1));
    loop.runOnce();
    assertThat(states("b1")).containsExactly("PENDING", "GIVEN_UP");
    assertThat(reported().get(1).getSubmission()).isEqualTo(submitted("b1"));
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void givesUpAJobThatIsOutOfReach() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.fail(jobName("b1"), ProviderException.Kind.UNKNOWN);
    clock.advance(GIVE_UP_AFTER);
    loop.runOnce();

    assertThat(states("b1")).containsExactly("GIVEN_UP");
    assertThat(reported().get(0).getError().getMessage()).contains("out of reach");
  }

  @Test
  void aJobThatEndedInTheMeantimeIsNotGivenUp() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    clock.advance(GIVE_UP_AFTER.multipliedBy(2));
    loop.runOnce();

    assertThat(states("b1")).containsExactly("SUCCEEDED");
  }

  @Test
  void aRefusalIsPassedOnAtOnceAndNobodyIsAsked() throws Exception {
    add(P0, 0, refused("b1", new JobError(400, "bad key")));
    loop.runOnce();

    assertThat(states("b1")).containsExactly("REFUSED");
    assertThat(provider.asked()).isEmpty();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void anIntentIsNoJob() throws Exception {
    add(P0, 0, intent("b1"));
    loop.runOnce();

    assertThat(reported()).isEmpty();
    assertThat(provider.asked()).isEmpty();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void commitsTheOldestUnfinishedJobOfEachPartition() throws Exception {
    add(P0, 5, submitted("b1"));
    add(P0, 6, submitted("b2"));
    add(P0, 7, intent("b3"));
    add(P1, 2, submitted("b4"));
    provider.show(remote("b2", "EXPIRED"));
    provider.show(remote("b4", "EXPIRED"));
    rounds(1);
    assertThat(committed(P0)).isEqualTo(5);
    assertThat(committed(P1)).isEqualTo(3);

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(committed(P0)).isEqualTo(8);
  }

  @Test
  void commitsNothingBeforeAnythingWasReadNorWithoutNeed() throws Exception {
    rounds(2);
    assertThat(consumer.commits()).isZero();

    add(P0, 0, submitted("b1"));
    rounds(3);
    assertThat(consumer.commits()).isEqualTo(1);
  }

  @Test
  void theOffsetMovesOnlyAfterTheStateIsAcknowledged() {
    producer = producer(false);
    loop = loop();
    assign(P0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));

    CompletableFuture<Void> round = CompletableFuture.runAsync(this::runOnce);
    await().until(() -> producer.history().size() == 1);
    assertThat(round).isNotDone();
    assertThat(consumer.commits()).isZero();

    assertThat(producer.completeNext()).isTrue();
    round.join();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void aStateThatCannotBeWrittenFailsTheRound() {
    producer = producer(false);
    loop = loop();
    assign(P0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));

    CompletableFuture<Void> round = CompletableFuture.runAsync(this::runOnce);
    await().until(() -> producer.errorNext(new KafkaException("disk full")));

    assertThatThrownBy(round::join)
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("disk full")
        .hasMessageContaining("job-states");
    assertThat(consumer.commits()).isZero();
  }

  @Test
  void anOffsetThatCouldNotBeCommittedIsTriedAgain() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));
    consumer.failNextCommit();
    rounds(1);
    assertThat(committed(P0)).isEqualTo(-1);

    rounds(1);
    assertThat(committed(P0)).isEqualTo(1);
    assertThat(states("b1")).hasSize(1);
  }

  @Test
  void aRevokedPartitionIsForgotten() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P1, 0, submitted("b2"));
    rounds(1);
    provider.asked().clear();
    consumer.rebalance(Set.of(P1));
    provider.show(remote("b1", "EXPIRED"));
    rounds(1);

    assertThat(provider.asked()).containsExactly(jobName("b2"));
    assertThat(reported()).isEmpty();
    assertThat(meters.get("promptferry.jobs.open").gauge().value()).isEqualTo(1);
    assertThat(committed(P0)).isEqualTo(0);
  }

  @Test
  void aPartitionThatComesBackIsReadAgain() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    consumer.rebalance(Set.of(P1));
    consumer.rebalance(Set.of(P0, P1));
    consumer.seek(P0, 0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));
    rounds(1);

    assertThat(states("b1")).containsExactly("RUNNING", "EXPIRED");
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void slowCallsLeaveNoJobUnasked() throws Exception {
    for (int i = 0; i < 5; i++) {
      add(i < 3 ? P0 : P1, i, submitted("b" + i));
    }
    provider.duringCall(() -> clock.advance(Duration.ofSeconds(4)));
    for (int i = 0; i < 4; i++) {
      loop.runOnce();
    }

    assertThat(Set.copyOf(provider.asked())).hasSize(5);
  }

  @Test
  void aRoundEndsBeforeItCostsTheMembership() throws Exception {
    for (int i = 0; i < 50; i++) {
      add(P0, i, submitted("b" + i));
    }
    provider.duringCall(() -> clock.advance(Duration.ofSeconds(1)));
    loop.runOnce();

    assertThat(provider.asked()).hasSize(5);
  }

  @Test
  void closesWhatItOwns() {
    loop.close();

    assertThat(consumer.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
    assertThat(provider.closed()).isTrue();
  }

  private PollLoop loop() {
    return new PollLoop(
        new PollLoop.Clients(consumer, producer, (topic, state) -> bytes(state), provider),
        new Topics(""),
        new PollSettings(FIRST, Duration.ofSeconds(60), GIVE_UP_AFTER),
        new PollMetrics(meters),
        clock);
  }

  private void runOnce() {
    try {
      loop.runOnce();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rounds in which every open job is due. */
  private void rounds(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      clock.advance(Duration.ofSeconds(61));
      loop.runOnce();
    }
  }

  private void assign(TopicPartition... partitions) {
    consumer.rebalance(Set.of());
    consumer.rebalance(List.of(partitions));
    for (TopicPartition partition : partitions) {
      consumer.seek(partition, 0);
    }
  }

  private void add(TopicPartition partition, long offset, Job job) {
    consumer.addRecord(
        new ConsumerRecord<>(partition.topic(), partition.partition(), offset, new byte[0], job));
  }

  private long committed(TopicPartition partition) {
    OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
    return offset == null ? -1 : offset.offset();
  }

  private List<JobState> reported() {
    return producer.history().stream().map(record -> state(record.value())).toList();
  }

  private List<String> states(String batchId) {
    return reported().stream()
        .filter(state -> state.getBatchId().equals(batchId))
        .map(JobState::getState)
        .toList();
  }

  private static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] bytes(@Nullable JobState state) {
    try {
      return Objects.requireNonNull(state).toByteBuffer().array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JobState state(byte[] bytes) {
    try {
      return JobState.fromByteBuffer(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts commits, and fails one on demand. */
  private static final class FlakyConsumer extends MockConsumer<byte[], Job> {

    private int commits;
    private boolean failNext;

    FlakyConsumer() {
      super("earliest");
    }

    void failNextCommit() {
      failNext = true;
    }

    int commits() {
      return commits;
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (failNext) {
        failNext = false;
        throw new CommitFailedException("rebalanced");
      }
      commits++;
      super.commitSync(offsets);
    }
  }
}
