package io.promptferry.collector;

import static io.promptferry.collector.Samples.MAX_LINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.ResultFile;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.simulator.gate.Gate;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
    var spool = new ResultSpool(Accounts.only(adapter), settings, CollectionBench.CLOCK);
    Optional<Path> local = spool.fetch(landing.state, owned.get());
    var collection =
        new Collection(
            landing.state,
            landing.job,
            landing.bench.responses(),
            landing.bench.decoder,
            settings,
            CollectionBench.CLOCK);
    var keys = new LineKeys(landing.job.getBatch().getSpans());
    try (ResultFile results = ResultFile.open(local.orElseThrow(), keys, MAX_LINE)) {
      collection.run(
          prompts(earlier),
          new BatchOutcomes(
              landing.job, results, CollectWorker.whole(landing.state, local), MAX_LINE),
          earlier,
          new ChunkCommit(
              owned.get(), producer, Landing.OFFSET, "receipts", landing.receiptBytes, receipts));
    }
    spool.clear(landing.state, local);
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
    gate.close();
    adapter.close();
    owned.close();
  }
}
