package io.promptferry.collector;

import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Event;
import io.promptferry.simulator.gate.Stop;
import io.promptferry.spans.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * A batch whose job has ended at a simulator, reached over HTTP, and what was committed of its
 * answers. One instance after the other collects it.
 */
final class Landing implements AutoCloseable {

  static final int PROMPTS = 5;
  static final long OFFSET = 41;
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(400);

  final CollectionBench bench;
  final Simulator simulator;
  final Job job = submission(List.of(Samples.span("prompts", 0, 1, new Run(0, PROMPTS - 1))));
  final JobState state;
  final Path folder;
  final Serializer<Receipt> receiptBytes;
  private final Deserializer<Receipt> receiptRecords;
  private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();

  Landing(CollectionBench bench) throws IOException {
    this.bench = bench;
    this.folder = bench.folder;
    this.receiptBytes = bench.serdes.serializer(Receipt.class);
    this.receiptRecords = bench.serdes.deserializer(Receipt.class);
    this.simulator =
        Simulator.start(
            SimulatorSettings.in(folder.resolve("simulator"))
                .withDelays(Duration.ZERO, Duration.ZERO));
    try (GeminiProvider direct = adapter(simulator.baseUrl().toString(), PATIENT)) {
      RemoteJob ended = ended(direct);
      job.setJob(ended.name());
      job.setFile(ended.inputFile());
      state = Samples.state(job, ended.state(), ended.resultFile(), null);
    }
  }

  private RemoteJob ended(GeminiProvider direct) throws IOException {
    var lines = new StringBuilder();
    for (int offset = 0; offset < PROMPTS; offset++) {
      lines.append(
          "{\"key\":\"0-%d\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Ahoy\"}]}]}}\n"
              .formatted(offset));
    }
    RemoteFile in = direct.upload(Files.writeString(folder.resolve("in.jsonl"), lines), "in");
    RemoteJob made = direct.create("m", in.name(), "d/b1");
    return await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENT)
        .until(() -> direct.get(made.name()).orElseThrow(), RemoteJob::terminal);
  }

  static GeminiProvider adapter(String url, Duration timeout) {
    return new GeminiProvider(
        new GeminiSettings(
            new Password("simulator"), url, timeout, timeout, timeout, 1 << 18, 3, 100));
  }

  /** That of the next owner. */
  MockProducer<byte[], byte[]> producer() {
    var producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    producers.add(producer);
    return producer;
  }

  Receipts receipts() {
    var receipts = new Receipts();
    committed("receipts")
        .map(record -> receiptRecords.deserialize("receipts", record.value()))
        .forEach(receipts::add);
    return receipts;
  }

  /** Whether nothing is left to be read. */
  boolean finished() {
    List<Long> offsets =
        producers.stream()
            .flatMap(producer -> producer.consumerGroupOffsetsHistory().stream())
            .flatMap(group -> group.values().stream())
            .flatMap(partitions -> partitions.values().stream())
            .map(OffsetAndMetadata::offset)
            .toList();
    return !offsets.isEmpty() && offsets.get(offsets.size() - 1) == OFFSET + 1;
  }

  /** What a read_committed reader sees. */
  List<PromptResponse> answers() {
    return committed("responses")
        .map(record -> bench.fromBytes.deserialize("responses", record.value()))
        .toList();
  }

  private Stream<ProducerRecord<byte[], byte[]>> committed(String topic) {
    return producers.stream()
        .flatMap(producer -> producer.history().stream())
        .filter(record -> record.topic().equals(topic));
  }

  /** Lives through the cell until all instances have come to their end. */
  void through(Cell<Landing> cell) throws IOException, InterruptedException {
    Collector first = collector(cell.isTimeout() ? IMPATIENT : PATIENT);
    var stop = new Stop();
    cell.arm(first.gate, this, stop);
    first.start();
    if (cell.event().hasSuccessor()) {
      stop.awaitReached();
      boolean wasDone = finished();
      if (cell.event() == Event.CRASH) {
        first.kill();
      } else {
        first.fence();
      }
      Collector successor = collector(PATIENT);
      successor.start();
      assertThat(successor.join()).isEmpty();
      stop.release();
      Optional<Exception> end = first.join();
      if (cell.event() == Event.PAUSE && !wasDone) {
        assertThat(end).containsInstanceOf(ProducerFencedException.class);
      }
    } else {
      assertThat(first.join()).isEmpty();
      stop.release();
    }
    assertThat(first.gate.calls().stream().filter(cell.row().call()::equals))
        .as("calls of the kind among %s", first.gate.calls())
        .hasSizeGreaterThanOrEqualTo(cell.row().nth());
    assertThat(collectors).allSatisfy(each -> assertThat(each.gate.failures()).isEmpty());
  }

  private Collector collector(Duration timeout) throws IOException {
    var collector = new Collector(this, timeout);
    collectors.add(collector);
    return collector;
  }

  @Override
  public void close() {
    collectors.forEach(Collector::close);
    simulator.close();
  }
}
