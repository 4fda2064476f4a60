package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.records.Batch;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.simulator.gate.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.types.Password;

/**
 * An instance that owns the partition of a {@link Crossing}: the real adapter behind a gate of its
 * own, a producer that can be fenced, a thread. Its waits pass on the clock.
 */
final class Owner implements AutoCloseable {

  private static final Duration JOIN = Duration.ofSeconds(30);

  final Gate gate;
  private final Crossing crossing;
  private final OwnedPartition owned = new OwnedPartition();
  private final GeminiProvider adapter;
  private final JobsProducer producer;
  private final Path folder;
  private final AtomicReference<Exception> end = new AtomicReference<>();
  private final Thread life = new Thread(this::live, "owner");

  /** Owns it from now on: whatever was recorded until now is known. */
  Owner(Crossing crossing, Duration timeout) throws IOException {
    this.crossing = crossing;
    this.gate = new Gate(crossing.simulator.baseUrl());
    this.folder = Files.createTempDirectory(crossing.folder, "owner");
    this.producer = crossing.topic.add(crossing.producers.apply(Script.of()));
    this.adapter = adapter(gate.url(), timeout);
  }

  static GeminiProvider adapter(String url, Duration timeout) {
    // Chunks of which a file has three, and pages of which the list has several.
    return new GeminiProvider(
        new GeminiSettings(
            new Password("simulator"), url, timeout, timeout, timeout, 128, 3, Crossing.PAGE));
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

  /** Waits for its end: empty where all its batches were finished. */
  Optional<Exception> join() throws InterruptedException {
    life.join(TimeUnit.SECONDS.toMillis(JOIN.toSeconds()));
    assertThat(life.isAlive()).as("alive after %s", gate.calls()).isFalse();
    return Optional.ofNullable(end.get());
  }

  private void live() {
    try {
      submitAll();
    } catch (Exception e) {
      end.set(e);
    }
  }

  private void submitAll() throws IOException, InterruptedException {
    BatchProvider provider = crossing.wrong.apply(adapter);
    EarlierJobs earlier = crossing.topic.earlier();
    long from = crossing.committed();
    var progress = new Progress();
    var log =
        new JobLog(
            owned.get(), producer, crossing.bench.jobBytes, "jobs", progress, crossing.clock);
    Tools tools =
        crossing.bench.tools(
            provider,
            log,
            crossing.bench.promptLog(),
            crossing.clock,
            Bench.capacity(crossing.clock, Bench.LIMITS),
            crossing.bench.metrics);
    Deque<ConsumerRecord<byte[], Batch>> waiting =
        new ArrayDeque<>(crossing.batches.stream().filter(b -> b.offset() >= from).toList());
    try (var submitter =
        new PartitionSubmitter(
            2,
            record -> submission(tools, record, earlier),
            earlier,
            log,
            progress,
            tools.metrics(),
            new Urgency(Duration.ofHours(2)),
            crossing.clock)) {
      while (!waiting.isEmpty()) {
        submitter.add(waiting.remove());
      }
      while (submitter.pending() > 0) {
        submitter.attempt().ifPresent(crossing.clock::advance);
        owned.get().pause(Duration.ZERO);
      }
    }
  }

  private Submission submission(
      Tools tools, ConsumerRecord<byte[], Batch> record, EarlierJobs earlier) {
    Batch batch = record.value();
    var terms =
        new Terms(
            batch,
            record.offset(),
            folder.resolve(batch.getBatchId() + ".jsonl"),
            Crossing.displayName(batch),
            () -> batch.getBatchId() + "-" + crossing.names.incrementAndGet(),
            batch.getSealedAt().plus(Duration.ofDays(3)),
            Bench.QUARANTINE);
    var insistence = new Insistence(Bench.AT_ONCE, crossing.bench.metrics, batch.getBatchId());
    return new Submission(tools, insistence, terms, earlier.intent(batch.getBatchId()));
  }

  @Override
  public void close() {
    life.interrupt();
    gate.close();
    adapter.close();
    owned.close();
  }
}
