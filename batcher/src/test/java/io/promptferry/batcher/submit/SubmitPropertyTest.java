package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.Seeds;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several batches of a partition at once, which finish in any order, with faults and crashes at any
 * call to the provider and any transaction: the provider's ledger shows one job for each batch, the
 * log the same one, and no commit passes a batch that is not finished.
 */
class SubmitPropertyTest {

  private static final int CASES = 300;
  private static final int MOST_CALLS = 2_000;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  private final Set<Call> crashedAt = EnumSet.noneOf(Call.class);

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void begin() {
    bench.begin(folder);
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private Convoy convoy(long seed) {
    var random = new Random(seed);
    int batches = 2 + random.nextInt(5);
    int faults = 1 + random.nextInt(8);
    double rate = 0.1 + 0.4 * random.nextDouble();
    var left = new int[] {faults};
    Script.Mishaps mishaps =
        (number, call) -> {
          if (left[0] == 0 || random.nextDouble() > rate) {
            return Optional.empty();
          }
          left[0]--;
          List<Fault> possible = SubmissionFaultsTest.faultsAt(number, call).toList();
          Fault fault = possible.get(random.nextInt(possible.size()));
          if (fault.fate().name().startsWith("CRASH")) {
            crashedAt.add(call);
          }
          return Optional.of(fault);
        };
    return new Convoy(
        bench, Script.of(mishaps, MOST_CALLS), folder, batches, 1 + random.nextInt(batches));
  }

  @ParameterizedTest(name = "seeds from {0}")
  @ValueSource(longs = {1, 20_260_131_000L})
  void noBatchIsLostOrCreatedTwice(long first) {
    int lives = 0;
    for (long seed = first; seed < first + CASES; seed++) {
      lives += livesOf(seed);
    }
    assertThat(lives).as("lives").isGreaterThan(2 * CASES);
    assertThat(crashedAt).contains(Call.UPLOAD, Call.CREATE, Call.FIND, Call.DISCARD, Call.COMMIT);
  }

  /** One case of the test above by itself, as its error names it. */
  @Test
  @EnabledIfSystemProperty(named = Seeds.PROPERTY, matches = ".+")
  void theGivenSeed() {
    Seeds.orGiven(LongStream.empty()).forEach(this::livesOf);
  }

  private int livesOf(long seed) {
    Convoy convoy = convoy(seed);
    Seeds.run(
        seed,
        () -> {
          convoy.run();
          assertThat(convoy.complaint()).isEmpty();
          assertThat(convoy.committed()).isEqualTo(convoy.lastOffset() + 1);
        });
    return convoy.lives;
  }

  /** How many of the cases a wrong order of steps survives. */
  private long caught(Function<Script, JobsProducer> wrong) {
    long caught = 0;
    for (long seed = 1; seed <= CASES; seed++) {
      Convoy convoy = convoy(seed);
      convoy.producers = wrong;
      try {
        convoy.run();
        caught += convoy.complaint().isPresent() ? 1 : 0;
      } catch (Exception | AssertionError e) {
        caught++;
      }
    }
    return caught;
  }

  @Test
  void aCreateBeforeItsIntentIsCaught() {
    assertThat(caught(IntentForgotten::new)).isGreaterThan(10);
  }

  @Test
  void aCommitOfTheHighestOffsetIsCaught() {
    assertThat(caught(HighestCommitted::new)).isGreaterThan(10);
  }

  /** The same as creating first and writing the intent with the job. */
  private static final class IntentForgotten extends JobsProducer {
    IntentForgotten(Script script) {
      super(script);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      Job job = bench.jobRecords.deserialize("jobs", record.value());
      return job.getPhase() == JobPhase.INTENT
          ? CompletableFuture.completedFuture(
              new RecordMetadata(new TopicPartition("jobs", 2), 0, 0, 0, 0, 0))
          : super.send(record, callback);
    }
  }

  /** Commits behind the batch that is finished, as if none before it were unfinished. */
  private static final class HighestCommitted extends JobsProducer {
    private long highest = Bench.OFFSET;

    HighestCommitted(Script script) {
      super(script);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      Job job = bench.jobRecords.deserialize("jobs", record.value());
      if (job.getPhase() != JobPhase.INTENT) {
        String id = job.getBatch().getBatchId();
        int number = Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
        highest = Math.max(highest, Bench.OFFSET + 2L * number + 1);
      }
      return super.send(record, callback);
    }

    @Override
    public synchronized void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(
          Map.of(OwnedPartition.PARTITION, new OffsetAndMetadata(highest)), group);
    }
  }
}
