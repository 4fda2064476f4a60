package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.SealReason;
import io.promptferry.records.Span;
import io.promptferry.runtime.service.Backoff;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.spans.SpanBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What submissions are made of: prompts in a log, a batch of them, a partition that is ours. Its
 * serializers serve all tests of a class.
 */
final class Bench implements AutoCloseable {

  static final String BATCH_ID = "20260131-235959-k3f9x2ab";
  static final String DISPLAY_NAME = "ferry/" + BATCH_ID;
  static final long OFFSET = 41;
  static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

  private final RegistryStub registry = new RegistryStub();
  final RecordSerdes serdes = registry.serdes();
  final Serializer<PromptEvent> events = serdes.serializer(PromptEvent.class);
  final Serializer<Job> jobBytes = serdes.serializer(Job.class);
  final Deserializer<Job> jobRecords = serdes.deserializer(Job.class);
  private final RecordDecoder<PromptEvent> decoder = serdes.decoder(PromptEvent.class);

  /** Of one test. */
  SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  OwnedPartition owned;

  /** Before each test: a folder for its files, and a partition of its own. */
  void begin(Path folder) {
    this.folder = folder;
    this.owned = new OwnedPartition();
    this.metrics = new SimpleMeterRegistry();
  }

  /** After each test. */
  void end() {
    owned.close();
  }

  /** Three prompts, two of them neighbours. */
  static Batch batch() {
    var span = new SpanBuilder(Prompts.TOPIC, "", 3, -1);
    span.add(7, 6);
    span.add(8, 7);
    span.add(11, 10);
    return batch(List.of(span.build()));
  }

  static Batch batch(List<Span> spans) {
    return Batch.newBuilder()
        .setBatchId(BATCH_ID)
        .setLane(new Lane("gemini-2.5-flash", "default", LaneKind.NORMAL, Map.of()))
        .setSpans(spans)
        .setCount(spans.stream().mapToInt(Span::getCount).sum())
        .setBytes(300)
        .setTokens(100)
        .setOpenedAt(ManualClock.START)
        .setSealedAt(ManualClock.START)
        .setSealReason(SealReason.LINGER)
        .build();
  }

  /** The log with the prompts of {@link #batch()} and their neighbours. */
  PromptLog promptLog() {
    var log = new PromptLog();
    for (int offset = 0; offset < 20; offset++) {
      append(log, 3, offset, Prompts.event("prompt " + offset));
    }
    return log;
  }

  void append(PromptLog log, int partition, long offset, PromptEvent event) {
    log.append(
        Prompts.record(partition, offset, new byte[0], events.serialize(Prompts.TOPIC, event)));
  }

  RequestFile requests(PromptLog log, ManualClock clock) {
    return requests(log, clock, Long.MAX_VALUE);
  }

  RequestFile requests(PromptLog log, ManualClock clock, long maxBytes) {
    return new RequestFile(
        log, decoder, topic -> Optional.of(""), Duration.ofSeconds(5), clock, metrics, maxBytes);
  }

  @Override
  public void close() {
    registry.close();
  }

  /** One batch on its way under a script, through as many lives as it takes. */
  final class Story {

    /** More than any script has crashes. */
    private static final int MOST_LIVES = 10;

    final ManualClock clock = new ManualClock();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Script script;
    final FakeProvider provider;
    final PromptLog log = promptLog();
    private final List<JobsProducer> producers = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    int lives;
    int crashes;

    Story(Script script) {
      this(script, Duration.ofSeconds(1));
    }

    Story(Script script, Duration callTakes) {
      this.script = script;
      this.provider = new FakeProvider(script, clock, callTakes);
      provider.beforeCreate = this::requireIntent;
    }

    /** Lives until the batch is finished, as its partition's owners would. */
    void run() throws IOException, InterruptedException {
      while (!earlier().isFinished(BATCH_ID)) {
        if (++lives > MOST_LIVES) {
          throw new AssertionError("no end after " + script.calls);
        }
        liveOnce();
      }
      script.landAll();
    }

    private void liveOnce() throws IOException, InterruptedException {
      try {
        submission().run(earlier().intent(BATCH_ID));
      } catch (Script.Crash e) {
        crashes++;
      }
    }

    Submission submission() {
      var producer = new JobsProducer(script);
      producers.add(producer);
      var jobLog = new JobLog(owned.get(), producer, jobBytes, "jobs", clock);
      var insistence =
          new Insistence(owned.get(), new Backoff(Duration.ZERO, Duration.ZERO), metrics, BATCH_ID);
      var terms =
          new Submission.Terms(
              batch(),
              OFFSET,
              spool(),
              DISPLAY_NAME,
              () -> BATCH_ID + "-" + names.incrementAndGet(),
              ManualClock.START.plus(GIVE_UP_AFTER));
      return new Submission(
          provider,
          new Doubt(provider, metrics),
          requests(log, clock),
          jobLog,
          insistence,
          terms,
          clock);
    }

    Path spool() {
      return folder.resolve("batch.jsonl");
    }

    EarlierJobs earlier() {
      var earlier = new EarlierJobs();
      jobs().forEach(earlier::add);
      return earlier;
    }

    /** What is committed on the jobs topic. */
    List<Job> jobs() {
      return producers.stream()
          .flatMap(producer -> producer.history().stream())
          .map(record -> jobRecords.deserialize("jobs", record.value()))
          .toList();
    }

    List<JobPhase> phases() {
      return jobs().stream().map(Job::getPhase).toList();
    }

    Job lastJob() {
      List<Job> jobs = jobs();
      return jobs.get(jobs.size() - 1);
    }

    /** The offsets that were committed, one for each transaction. */
    List<Long> offsets() {
      return producers.stream()
          .flatMap(producer -> producer.consumerGroupOffsetsHistory().stream())
          .flatMap(group -> group.values().stream())
          .flatMap(offsets -> offsets.values().stream())
          .map(OffsetAndMetadata::offset)
          .toList();
    }

    private void requireIntent(String file) {
      List<Job> jobs = jobs();
      if (jobs.isEmpty()
          || lastJob().getPhase() != JobPhase.INTENT
          || !file.equals(lastJob().getFile())) {
        throw new AssertionError("a create of " + file + " without its intent in the log: " + jobs);
      }
    }
  }
}
