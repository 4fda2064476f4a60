package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.SealReason;
import io.promptferry.records.Span;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.service.Backoff;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.spans.SpanBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
  static final Duration QUARANTINE = Duration.ofSeconds(30);
  static final Backoff AT_ONCE = new Backoff(Duration.ZERO, Duration.ZERO);
  static final CapacitySettings LIMITS =
      new CapacitySettings(1_000, TokenTier.TIER_NONE, 0, Long.MAX_VALUE);

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
    return batch(BATCH_ID, spans);
  }

  private static Batch batch(String id, List<Span> spans) {
    return Batch.newBuilder()
        .setBatchId(id)
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

  /** The same three prompts under another id, closed so much later. */
  static Batch batch(String id, Duration later) {
    Batch batch = batch(id, batch().getSpans());
    batch.setSealedAt(ManualClock.START.plus(later));
    return batch;
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
    ConsumerRecord<byte[], byte[]> record =
        Prompts.record(partition, offset, new byte[0], events.serialize(Prompts.TOPIC, event));
    String parent = "00-" + trace(offset) + "-00000000000000ab-01";
    record.headers().add("traceparent", parent.getBytes(StandardCharsets.UTF_8));
    log.append(record);
  }

  /** The trace that the prompt at an offset was sent in. */
  static String trace(long offset) {
    return "%032x".formatted(offset + 1);
  }

  RequestFile requests(PromptLog log, ManualClock clock) {
    return requests(log, clock, Long.MAX_VALUE);
  }

  RequestFile requests(PromptLog log, ManualClock clock, long maxBytes) {
    return new RequestFile(
        log, decoder, topic -> Optional.of(""), Duration.ofSeconds(5), clock, metrics, maxBytes);
  }

  /** The room at a provider of which all is known. */
  static Capacity capacity(ManualClock clock, CapacitySettings limits) {
    var open = new OpenJobs();
    open.caughtUp();
    return new Capacity(account -> limits, open, new Urgency(Duration.ZERO), clock);
  }

  Tools tools(
      BatchProvider provider,
      JobLog jobLog,
      PromptLog log,
      ManualClock clock,
      Capacity capacity,
      MeterRegistry metrics) {
    var gate = new LaneGate(AT_ONCE, clock);
    return tools(Accounts.only(provider), jobLog, log, clock, capacity, gate, metrics);
  }

  Tools tools(
      Accounts accounts,
      JobLog jobLog,
      PromptLog log,
      ManualClock clock,
      Capacity capacity,
      LaneGate gate,
      MeterRegistry metrics) {
    return new Tools(
        accounts,
        requests(log, clock),
        jobLog,
        gate,
        capacity,
        new SubmitMetrics(metrics, gate, capacity, clock),
        metrics,
        clock);
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
    final ScriptedProvider provider;
    final PromptLog log = promptLog();
    final JobsTopic topic = new JobsTopic(jobRecords);
    private final AtomicInteger names = new AtomicInteger();
    Duration quarantine = QUARANTINE;
    int lives;
    int crashes;

    Story(Script script) {
      this(script, Duration.ofSeconds(1));
    }

    Story(Script script, Duration callTakes) {
      this.script = script;
      this.provider = new ScriptedProvider(script, clock, callTakes);
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
        see(submission());
      } catch (Script.Crash e) {
        crashes++;
      }
    }

    /** Tries until the submission has ended; its waits pass on the clock. */
    void see(Submission submission) throws IOException, InterruptedException {
      while (submission.attempt() instanceof Attempt.Wait wait) {
        clock.advanceTo(wait.until());
        owned.get().pause(Duration.ZERO);
      }
    }

    Submission submission() {
      var progress = new Progress();
      progress.begin(OFFSET);
      var jobLog =
          new JobLog(owned.get(), topic.producer(script), jobBytes, "jobs", progress, clock);
      var terms =
          new Terms(
              batch(),
              OFFSET,
              spool(),
              DISPLAY_NAME,
              () -> BATCH_ID + "-" + names.incrementAndGet(),
              ManualClock.START.plus(GIVE_UP_AFTER),
              quarantine);
      return new Submission(
          tools(provider, jobLog, log, clock, capacity(clock, LIMITS), metrics),
          new Insistence(AT_ONCE, metrics, BATCH_ID),
          terms,
          earlier().intent(BATCH_ID));
    }

    Path spool() {
      return folder.resolve("batch.jsonl");
    }

    EarlierJobs earlier() {
      return topic.earlier();
    }

    List<Job> jobs() {
      return topic.jobs();
    }

    List<JobPhase> phases() {
      return topic.phases();
    }

    Job lastJob() {
      List<Job> jobs = jobs();
      return jobs.get(jobs.size() - 1);
    }

    List<Long> offsets() {
      return topic.offsets();
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
