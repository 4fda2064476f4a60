package io.promptferry.batcher.submit;

import io.promptferry.batcher.ManualClock;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Batch;
import io.promptferry.records.JobPhase;
import io.promptferry.runtime.kafka.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The batches of one partition under a script, through as many lives as it takes. */
final class Convoy {

  /** More than any script has crashes. */
  private static final int MOST_LIVES = 60;

  private static final Duration APART = Duration.ofSeconds(7);

  final ManualClock clock = new ManualClock();
  final ScriptedProvider provider;
  final JobsTopic topic;

  /** The next life's; a broken one is a broken order of steps. */
  Function<Script, JobsProducer> producers = JobsProducer::new;

  int lives;
  private final Bench bench;
  private final Script script;
  private final int pendingMax;
  private final Path folder;
  private final PromptLog log;
  private final List<ConsumerRecord<byte[], Batch>> batches = new ArrayList<>();
  private final AtomicInteger names = new AtomicInteger();

  Convoy(Bench bench, Script script, Path folder, int count, int pendingMax) {
    this.bench = bench;
    this.script = script;
    this.folder = folder;
    this.pendingMax = pendingMax;
    this.log = bench.promptLog();
    this.topic = new JobsTopic(bench.jobRecords);
    this.provider = new ScriptedProvider(script, clock, Duration.ofSeconds(1));
    for (int i = 0; i < count; i++) {
      // Apart in the topic too: transaction markers take offsets.
      Batch batch = Bench.batch("batch-" + i, APART.multipliedBy(i));
      batches.add(new ConsumerRecord<>("batches", 2, Bench.OFFSET + 2L * i, new byte[0], batch));
    }
  }

  /** Lives until the end of the topic is committed, as the partition's owners would. */
  void run() throws IOException {
    while (committed() <= lastOffset()) {
      if (++lives > MOST_LIVES) {
        throw new AssertionError("no end after " + script.calls);
      }
      try {
        live();
      } catch (Script.Crash e) {
        requireNoneSkipped();
      }
    }
    requireNoneSkipped();
    script.landAll();
  }

  long lastOffset() {
    return batches.get(batches.size() - 1).offset();
  }

  long committed() {
    List<Long> offsets = topic.offsets();
    return offsets.isEmpty() ? Bench.OFFSET : offsets.get(offsets.size() - 1);
  }

  private void live() throws IOException {
    var progress = new Progress();
    EarlierJobs earlier = topic.earlier();
    long from = committed();
    var jobLog =
        new JobLog(
            bench.owned.get(),
            topic.add(producers.apply(script)),
            bench.jobBytes,
            "jobs",
            progress,
            clock);
    Tools tools =
        bench.tools(
            provider, jobLog, log, clock, Bench.capacity(clock, Bench.LIMITS), bench.metrics);
    Deque<ConsumerRecord<byte[], Batch>> waiting =
        new ArrayDeque<>(batches.stream().filter(batch -> batch.offset() >= from).toList());
    try (var submitter =
        new PartitionSubmitter(
            2,
            record -> submission(tools, record, earlier),
            earlier,
            jobLog,
            progress,
            tools.metrics(),
            new Urgency(Duration.ofHours(2)),
            clock)) {
      while (submitter.pending() > 0 || !waiting.isEmpty()) {
        while (submitter.pending() < pendingMax && !waiting.isEmpty()) {
          submitter.add(waiting.remove());
        }
        submitter.attempt().ifPresent(clock::advance);
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
            "ferry/" + batch.getBatchId(),
            () -> batch.getBatchId() + "-" + names.incrementAndGet(),
            ManualClock.START.plus(Duration.ofDays(3)),
            Bench.QUARANTINE);
    var insistence = new Insistence(Bench.AT_ONCE, bench.metrics, batch.getBatchId());
    return new Submission(tools, insistence, terms, earlier.intent(batch.getBatchId()));
  }

  /** A batch below the committed offset would never be read again. */
  private void requireNoneSkipped() {
    EarlierJobs known = topic.earlier();
    for (ConsumerRecord<byte[], Batch> batch : batches) {
      if (batch.offset() < committed() && !known.isFinished(batch.value().getBatchId())) {
        throw new AssertionError("lost " + batch.value().getBatchId() + " below " + committed());
      }
    }
  }

  /** What the ledger and the log say against "one job for each batch, and that on record". */
  Optional<String> complaint() {
    for (ConsumerRecord<byte[], Batch> batch : batches) {
      String id = batch.value().getBatchId();
      List<String> created =
          provider.jobs.stream()
              .filter(job -> job.displayName().equals("ferry/" + id))
              .map(RemoteJob::name)
              .toList();
      List<String> recorded =
          topic.jobs().stream()
              .filter(job -> job.getBatch().getBatchId().equals(id))
              .filter(job -> job.getPhase() == JobPhase.SUBMITTED)
              .map(job -> String.valueOf(job.getJob()))
              .toList();
      if (created.size() != 1 || !recorded.equals(created)) {
        return Optional.of(id + " was created as " + created + " and recorded as " + recorded);
      }
    }
    return Optional.empty();
  }
}
