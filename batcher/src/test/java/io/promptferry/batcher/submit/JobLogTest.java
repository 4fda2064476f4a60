package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.batcher.ManualClock;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Skipped;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.kafka.RevokedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogTest {

  private static final List<Skipped> SKIPPED =
      List.of(Skipped.newBuilder().setSpan(0).setOffset(8).setReason("DEADLINE_PASSED").build());

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private final Progress progress = new Progress();

  @SuppressWarnings("NullAway.Init")
  private JobLog log;

  @BeforeEach
  void begin(@TempDir Path folder) {
    bench.begin(folder);
    producer.initTransactions();
    log =
        new JobLog(
            bench.owned.get(), producer, bench.jobBytes, "jobs", progress, new ManualClock());
    progress.begin(41);
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private Job written() {
    assertThat(producer.history()).hasSize(1);
    assertThat(producer.history().get(0).topic()).isEqualTo("jobs");
    // The key alone decides the partition, which must be that of the batch in its topic.
    assertThat(producer.history().get(0).partition()).isNull();
    assertThat(producer.history().get(0).key()).asString().isEqualTo(Bench.BATCH_ID);
    return bench.jobRecords.deserialize("jobs", producer.history().get(0).value());
  }

  private long committed() {
    assertThat(producer.consumerGroupOffsetsHistory()).hasSize(1);
    return producer.consumerGroupOffsetsHistory().get(0).values().stream()
        .flatMap(offsets -> offsets.values().stream())
        .mapToLong(offset -> offset.offset())
        .sum();
  }

  @Test
  void anIntentLeavesTheBatchUnfinished() {
    Job intent = log.intent(Bench.batch(), "files/a", SKIPPED);
    assertThat(written()).isEqualTo(intent);
    assertThat(intent.getPhase()).isEqualTo(JobPhase.INTENT);
    assertThat(intent.getBatch()).isEqualTo(Bench.batch());
    assertThat(intent.getFile()).isEqualTo("files/a");
    assertThat(intent.getSkipped()).isEqualTo(SKIPPED);
    assertThat(intent.getJob()).isNull();
    assertThat(intent.getAt()).isEqualTo(ManualClock.START);
    assertThat(committed()).isEqualTo(41);
  }

  private static RemoteJob job(String name, @Nullable Instant created) {
    return new RemoteJob(name, "d", "m", "PENDING", null, null, null, null, created, null);
  }

  @Test
  void aSubmittedJobFinishesTheBatchAndCarriesWhatItsIntentDid() {
    Job intent = log.intent(Bench.batch(), "files/a", SKIPPED);
    producer.clear();
    Instant created = ManualClock.START.minusSeconds(9);
    log.submitted(intent, 41, job("batches/x", created), "k1");
    Job submitted = written();
    assertThat(submitted.getPhase()).isEqualTo(JobPhase.SUBMITTED);
    assertThat(submitted.getBatch()).isEqualTo(Bench.batch());
    assertThat(submitted.getFile()).isEqualTo("files/a");
    assertThat(submitted.getSkipped()).isEqualTo(SKIPPED);
    assertThat(submitted.getJob()).isEqualTo("batches/x");
    assertThat(submitted.getKey()).isEqualTo("k1");
    assertThat(submitted.getAt()).isEqualTo(created);
    assertThat(committed()).isEqualTo(42);
  }

  @Test
  void withoutTheProvidersTimeOursServes() {
    Job intent = log.intent(Bench.batch(), "files/a", SKIPPED);
    producer.clear();
    log.submitted(intent, 41, job("batches/x", null), "k1");
    assertThat(written().getAt()).isEqualTo(ManualClock.START);
  }

  @Test
  void aRefusalFinishesTheBatchWithoutFileOrJob() {
    JobError refusal = JobError.newBuilder().setCode(429).setMessage("quota").build();
    log.refused(Bench.batch(), 41, SKIPPED, refusal);
    Job refused = written();
    assertThat(refused.getPhase()).isEqualTo(JobPhase.REFUSED);
    assertThat(refused.getRefusal()).isEqualTo(refusal);
    assertThat(refused.getSkipped()).isEqualTo(SKIPPED);
    assertThat(refused.getFile()).isNull();
    assertThat(refused.getJob()).isNull();
    assertThat(committed()).isEqualTo(42);
  }

  @Test
  void aBatchThatWasFinishedEarlierIsOnlyCommitted() {
    log.finish(41);
    assertThat(producer.history()).isEmpty();
    assertThat(committed()).isEqualTo(42);
  }

  @Test
  void everyTransactionCommitsTheLowestUnfinishedBatch() {
    progress.begin(42);
    progress.begin(43);
    Job intent = log.intent(Bench.batch(), "files/a", SKIPPED);
    assertThat(committed()).isEqualTo(41);
    producer.clear();
    log.submitted(intent, 42, job("batches/x", null), "k1");
    assertThat(committed()).as("41 is not finished").isEqualTo(41);
    producer.clear();
    log.finish(43);
    assertThat(producer.commitCount()).as("a commit that moves nothing").isEqualTo(2);
    log.submitted(intent, 41, job("batches/y", null), "k1");
    assertThat(committed()).isEqualTo(44);
  }

  @Test
  void onAPartitionThatIsLostNothingIsWritten() {
    bench.owned.close();
    assertThatThrownBy(() -> log.finish(41)).isInstanceOf(RevokedException.class);
    assertThatThrownBy(() -> log.intent(Bench.batch(), "files/a", List.of()))
        .isInstanceOf(RevokedException.class);
    assertThat(producer.commitCount()).isZero();
  }
}
