package io.promptferry.collector;

import static io.promptferry.collector.Samples.MAX_LINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.ResultFile;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.simulator.gate.Gate;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;

/**
 * An instance that owns the partition of a {@link Landing}: the real adapter behind a gate of its
 * own, a producer that can be fenced, a thread. The steps are those of {@link CollectWorker}.
 */
final class Collector implements AutoCloseable {

  private static final long JOIN_MS = 30_000;
  private static final int CHUNK_RECORDS = 2;

  final Gate gate;
  private final Landing landing;
  private final OwnedPartition<JobState> owned =
      new OwnedPartition<>(new TopicPartition("job-states", 0));
  private final MockProducer<byte[], byte[]> producer;
  private final GeminiProvider adapter;
  private final Path folder;
  private final ScheduledExecutorService background = ResultSpool.executor(1);
  private final AtomicReference<Exception> end = new AtomicReference<>();
  private final Thread life = new Thread(this::live, "collector");

  /** Owns it from now on, and knows what was committed until now. */
  Collector(Landing landing, Duration timeout) throws IOException {
    this.landing = landing;
    this.gate = new Gate(landing.simulator.baseUrl());
    this.adapter = Landing.adapter(gate.url(), timeout);
    this.folder = Files.createTempDirectory(landing.folder, "collector");
    this.producer = landing.producer();
  }

  void start() {
    life.start();
  }

  /** Somebody else has the partition: nothing of this one can be committed any more. */
  void fence() {
    producer.fenceProducer();
  }

  /** It is dead: nothing that it does has any effect. */
  void kill() {
    fence();
    gate.shut();
    owned.close();
    life.interrupt();
    background.shutdownNow();
  }

  /** Waits for its end: empty where the batch was finished. */
  Optional<Exception> join() throws InterruptedException {
    life.join(JOIN_MS);
    assertThat(life.isAlive()).as("alive after %s", gate.calls()).isFalse();
    return Optional.ofNullable(end.get());
  }

  private void live() {
    try {
      if (!landing.finished()) {
        collect();
      }
      gate.end();
    } catch (Exception e) {
      end.set(e);
    }
  }

  private void collect() throws IOException, InterruptedException {
    Receipts receipts = landing.receipts();
    Optional<Receipt> earlier = receipts.open("b1");
    CollectSettings settings = Samples.settings(folder, CHUNK_RECORDS, CollectionBench.LARGE);
    var spool =
        new ResultSpool(
            Accounts.only(adapter),
            SpoolFolder.open(settings.spool()),
            new SpoolRoom(CollectionBench.LARGE),
            background,
            settings.giveUpAfter(),
            CollectionBench.CLOCK);
    Fetch fetch = spool.fetch(landing.state, owned.get());
    Optional<Path> local = fetch.result();
    var ended = new EndedBatch(landing.state, landing.job, earlier);
    var progress = new Progress();
    progress.begin(Landing.OFFSET);
    try (ResultFile results =
        ResultFile.open(local.orElseThrow(), landing.job.getBatch().getSpans(), MAX_LINE)) {
      var collection =
          new Collection(
              ended,
              landing.bench.tools(settings, Samples.once()),
              prompts(earlier),
              new BatchOutcomes(
                  landing.job, results, CollectMeans.whole(landing.state, local, ""), MAX_LINE),
              null,
              new ReceiptBook(
                  ended, settings.receipts(), Prices.shipped(), 0, 0, CollectionBench.CLOCK));
      var commit =
          new ChunkCommit(
              owned.get(),
              producer,
              progress,
              Landing.OFFSET,
              "receipts",
              landing.receiptBytes,
              receipts,
              new Recount(settings.receipts()),
              landing.bench.delivery());
      while (!collection.step(commit).getSettled()) {
        // One chunk after the other.
      }
    }
    fetch.cancel();
    spool.clear(landing.state);
    background.shutdown();
    assertThat(background.awaitTermination(JOIN_MS, TimeUnit.MILLISECONDS)).isTrue();
  }

  private SpanCursor prompts(Optional<Receipt> earlier) {
    var log = new LogConsumer(CHUNK_RECORDS);
    for (int offset = 0; offset < Landing.PROMPTS; offset++) {
      log.put(landing.bench.prompt(CollectionBench.P0, offset));
    }
    return new SpanCursor(
        log,
        landing.job.getBatch().getSpans(),
        Collection.position(earlier),
        topic -> Optional.of(""),
        Duration.ofSeconds(1),
        CollectionBench.CLOCK);
  }

  @Override
  public void close() {
    life.interrupt();
    background.shutdownNow();
    gate.close();
    adapter.close();
    owned.close();
  }
}
