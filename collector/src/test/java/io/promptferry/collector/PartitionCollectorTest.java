package io.promptferry.collector;

import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.spans.Run;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** Several batches of a partition, a chunk of each in turn. */
class PartitionCollectorTest extends CollectionBench {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  private final Progress progress = new Progress();
  private final Receipts receipts = new Receipts();
  private final List<String> written = new ArrayList<>();
  private final List<Long> commits = new ArrayList<>();
  private final List<String> settled = new ArrayList<>();
  private final List<String> released = new ArrayList<>();

  /** When something was done, and what its lines would say that they are about. */
  private final List<String> logged = new ArrayList<>();

  private final Map<String, LogConsumer> logs = new HashMap<>();
  private final Map<String, Fetch> fetches = new HashMap<>();
  private final SpoolRoom room = new SpoolRoom(100);
  private final ScheduledExecutorService background = ResultSpool.executor(2);

  private final PartitionCollector.Means means =
      new PartitionCollector.Means() {
        @Override
        public @Nullable Fetch fetch(JobState state) {
          logged.add("fetch " + MDC.get(LogScope.BATCH) + " " + MDC.get(LogScope.JOB));
          return fetches.get(state.getBatchId());
        }

        @Override
        public OpenCollection open(EndedBatch batch, @Nullable Fetch fetch) {
          CollectSettings settings = Samples.settings(folder, 1, LARGE);
          log = new LogConsumer(3);
          logs.put(batch.id(), log);
          prompts(P0, 0, 1);
          var cursor =
              new SpanCursor(
                  log,
                  batch.batch().getSpans(),
                  Collection.position(batch.earlier()),
                  topic -> Optional.of(""),
                  Duration.ofSeconds(1),
                  CLOCK);
          var collection =
              new Collection(
                  batch,
                  tools(settings, Samples.once()),
                  cursor,
                  new BatchOutcomes(
                      batch.submission(), null, BatchOutcomes.withoutLine(batch.state()), 9),
                  null,
                  new ReceiptBook(batch, settings.receipts(), Prices.shipped(), 0, 0, CLOCK));
          return new OpenCollection(collection, cursor, null, () -> released.add(batch.id()));
        }

        @Override
        public Collection.ChunkWriter writer(long offset) {
          return (responses, slices, receipt) -> {
            written.add(receipt.getBatchId() + (receipt.getSettled() ? "!" : ""));
            commits.add(
                receipt.getSettled()
                    ? progress.committableWithout(offset)
                    : progress.committable());
            receipts.add(receipt);
            return receipt;
          };
        }

        @Override
        public void commit(long offset) {
          commits.add(offset);
        }

        @Override
        public void settled(EndedBatch batch, Receipt receipt, OpenCollection collection) {
          settled.add(batch.id());
          logged.add("settled " + MDC.get(LogScope.BATCH) + " " + MDC.get(LogScope.JOB));
        }
      };

  private final PartitionCollector collector = new PartitionCollector(means, receipts, progress);

  @AfterEach
  void stopFetching() {
    background.shutdownNow();
  }

  /** Results that come when they may. */
  private Fetch fetch(String batchId, CountDownLatch mayCome) {
    JobState state = ended(batchId);
    Fetch fetch =
        Fetch.start(
            batchId,
            (target, space) -> {
              space.need(5);
              try {
                mayCome.await();
                Files.writeString(target, "lines");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            folder.resolve(batchId),
            new Patience(state, Duration.ofDays(1), CLOCK),
            new Fetch.Means(room, background));
    fetches.put(batchId, fetch);
    return fetch;
  }

  private static JobState ended(String batchId) {
    Job job = submission(List.of(Samples.span("prompts", 0, 1, new Run(0, 1))));
    job.getBatch().setBatchId(batchId);
    JobState state = state(job, "EXPIRED", null, null);
    state.setBatchId(batchId);
    return state;
  }

  private void add(long offset, JobState state) {
    collector.add(new ConsumerRecord<>("job-states", 0, offset, new byte[0], state));
  }

  private void stepAll() throws Exception {
    while (collector.step().filter(Duration::isZero).isPresent()) {
      assertThat(written).hasSizeLessThan(50);
    }
  }

  @Test
  void takesAChunkOfEachInTurnAndCommitsTheLowestUnsettled() throws Exception {
    add(10, ended("a"));
    add(11, ended("b"));
    stepAll();

    assertThat(written).containsExactly("a", "b", "a", "b", "a!", "b!");
    assertThat(commits).containsExactly(10L, 10L, 10L, 10L, 11L, 12L);
    assertThat(settled).containsExactly("a", "b");
    assertThat(collector.open()).isZero();
  }

  @Test
  void tellsThePromptsOfWhatIsOpen() throws Exception {
    assertThat(collector.load()).isEqualTo(new CollectMetrics.Load(0, Instant.MAX));
    JobState older = ended("a");
    older.getSubmission().getBatch().setOpenedAt(Samples.T0.minusSeconds(9));
    add(10, ended("b"));
    add(11, older);

    assertThat(collector.load()).isEqualTo(new CollectMetrics.Load(4, Samples.T0.minusSeconds(9)));
    stepAll();
    assertThat(collector.load().prompts()).isZero();
  }

  @Test
  void everyLineAboutABatchHasItsIdAndItsJob() throws Exception {
    add(10, ended("a"));
    add(11, ended("b"));
    stepAll();

    String job = ended("a").getJob();
    assertThat(logged)
        .containsExactly(
            "fetch a " + job, "fetch b " + job, "settled a " + job, "settled b " + job);
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void aCollectionIsASpanThatCountsWhatCameOfThePrompts() throws Exception {
    add(10, ended("a"));
    stepAll();

    assertThat(OTEL.getSpans()).hasSize(1);
    SpanData span = OTEL.getSpans().get(0);
    assertThat(span.getName()).isEqualTo("collect batch");
    assertThat(span.getAttributes().asMap())
        .isEqualTo(
            Attributes.builder()
                .put("promptferry.batch.id", "a")
                .put("promptferry.batch.prompts", 2)
                .put("promptferry.account", "default")
                .put("gen_ai.request.model", "m")
                .put("promptferry.job", "batches/1")
                .put("promptferry.prompts.succeeded", 0)
                .put("promptferry.prompts.failed", 2)
                .put("promptferry.prompts.retried", 0)
                .put("promptferry.prompts.vanished", 0)
                .put("promptferry.outcome", "settled")
                .build()
                .asMap());
  }

  @Test
  void aCollectionThatIsBrokenOffEndsItsSpan() throws Exception {
    add(10, ended("a"));
    collector.close();

    assertThat(OTEL.getSpans())
        .singleElement()
        .satisfies(span -> assertThat(span.getStatus().getDescription()).isEqualTo("interrupted"));
  }

  @Test
  void aSecondEndDoesNothingWhetherTheFirstIsUnderWayOrSettled() throws Exception {
    add(10, ended("a"));
    add(11, ended("a"));
    stepAll();
    add(12, ended("a"));
    stepAll();

    assertThat(written).containsExactly("a", "a", "a!");
    assertThat(commits).endsWith(13L);
  }

  @Test
  void whatEndsNothingIsPassedWithOneCommitForAll() throws Exception {
    for (int offset = 0; offset < 5; offset++) {
      JobState running = ended("a");
      running.setSubmission(null);
      running.setTerminal(false);
      add(offset, running);
    }
    stepAll();

    assertThat(commits).containsExactly(5L);
    stepAll();
    assertThat(commits).as("nothing is new").hasSize(1);
  }

  @Test
  void whatAnEarlierLifeWroteIsNotWrittenAgain() throws Exception {
    receipts.add(Samples.receipt("a", false, 0, 1));
    add(10, ended("a"));
    stepAll();

    assertThat(written).containsExactly("a", "a!");
  }

  @Test
  void aBatchWhoseResultsDoNotComeHoldsUpNoOther() throws Exception {
    var mayCome = new CountDownLatch(1);
    Fetch slow = fetch("a", mayCome);
    add(10, ended("a"));
    add(11, ended("b"));
    stepAll();

    assertThat(written).containsExactly("b", "b", "b!");
    assertThat(commits).containsOnly(10L);
    assertThat(collector.step()).hasValueSatisfying(idle -> assertThat(idle).isPositive());

    mayCome.countDown();
    await().until(slow::done);
    stepAll();
    assertThat(settled).containsExactly("b", "a");
    assertThat(commits).endsWith(12L);
  }

  @Test
  void aSettledBatchGivesBackWhatItHeld() throws Exception {
    await().until(fetch("a", new CountDownLatch(0))::done);
    assertThat(room.taken()).isEqualTo(5);
    add(10, ended("a"));
    stepAll();

    assertThat(released).containsExactly("a");
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(room.taken()).isZero();
  }

  @Test
  void whoLosesThePartitionGivesBackWhatAllHeld() throws Exception {
    await().until(fetch("a", new CountDownLatch(0))::done);
    fetch("b", new CountDownLatch(1));
    await().until(() -> room.taken() == 10);
    add(10, ended("a"));
    add(11, ended("b"));
    collector.step();
    collector.close();

    assertThat(written).containsExactly("a");
    assertThat(released).containsExactly("a");
    assertThat(folder.resolve("a")).doesNotExist();
    await().untilAsserted(() -> assertThat(room.taken()).isZero());
    assertThat(collector.open()).isZero();
  }
}
