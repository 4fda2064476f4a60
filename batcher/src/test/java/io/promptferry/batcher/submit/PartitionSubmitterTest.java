package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.memory.KeyRing;
import io.promptferry.records.Batch;
import io.promptferry.records.JobPhase;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.service.Backoff;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Which of several batches is tried when, and what the others do meanwhile. */
class PartitionSubmitterTest {

  private static final Duration NEAR = Duration.ofHours(2);

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final OpenJobs open = new OpenJobs();
  private final AtomicInteger names = new AtomicInteger();
  private Duration giveUpAfter = Bench.GIVE_UP_AFTER;
  private CapacitySettings limits = Bench.LIMITS;
  private Script script = new Script();
  private final KeyRing keys = new KeyRing();

  @SuppressWarnings("NullAway.Init")
  private ScriptedProvider provider;

  @SuppressWarnings("NullAway.Init")
  private JobsTopic topic;

  @SuppressWarnings("NullAway.Init")
  private PartitionSubmitter submitter;

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
    open.caughtUp();
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private void start(Batch... batches) {
    provider = new ScriptedProvider(script, clock, Duration.ZERO);
    keys.give("default", provider);
    topic = new JobsTopic(bench.jobRecords);
    var progress = new Progress();
    var jobLog =
        new JobLog(
            bench.owned.get(), topic.producer(script), bench.jobBytes, "jobs", progress, clock);
    Tools tools =
        bench.tools(
            keys,
            jobLog,
            bench.promptLog(),
            clock,
            new Capacity(account -> limits, open, new Urgency(NEAR), clock),
            new LaneGate(new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(40)), clock),
            metrics);
    submitter =
        new PartitionSubmitter(
            2,
            record -> submission(tools, record),
            topic.earlier(),
            jobLog,
            progress,
            tools.metrics(),
            new Urgency(NEAR),
            clock);
    for (int i = 0; i < batches.length; i++) {
      submitter.add(new ConsumerRecord<>("batches", 2, 10L + i, new byte[0], batches[i]));
    }
  }

  private Submission submission(Tools tools, ConsumerRecord<byte[], Batch> record) {
    Batch batch = record.value();
    String id = batch.getBatchId();
    var terms =
        new Terms(
            batch,
            record.offset(),
            folder.resolve(id + ".jsonl"),
            id,
            () -> id + "-" + names.incrementAndGet(),
            ManualClock.START.plus(giveUpAfter),
            Bench.QUARANTINE);
    return new Submission(
        tools, new Insistence(Bench.AT_ONCE, metrics, id), terms, Optional.empty());
  }

  /** Tries all that is eligible without letting time pass. */
  private void settle() throws IOException {
    while (submitter.attempt().filter(Duration::isZero).isPresent()) {
      assertThat(script.calls).hasSizeLessThan(200);
    }
  }

  private void pass(Duration time) throws IOException {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      Duration idle = submitter.attempt().orElse(time);
      Duration rest = Duration.between(clock.instant(), end);
      clock.advance(idle.compareTo(rest) < 0 ? idle : rest);
    }
  }

  private static Batch batch(String id, int laterSeconds) {
    return Bench.batch(id, Duration.ofSeconds(laterSeconds));
  }

  private static Batch large(String id, long tokens) {
    Batch batch = batch(id, 0);
    batch.setTokens(tokens);
    return batch;
  }

  private List<String> created() {
    return provider.jobs.stream().map(RemoteJob::displayName).toList();
  }

  private double waiting(String reason) {
    return metrics.get("promptferry.batches.waiting").tag("reason", reason).gauge().value();
  }

  private double gauge(String name) {
    return metrics.get(name).gauge().value();
  }

  @Test
  void theOldestGoesFirstAndANearDeadlineBeforeIt() throws Exception {
    Batch near = batch("near", 3);
    near.setDeadline(clock.instant().plus(NEAR));
    Batch nearer = batch("nearer", 4);
    nearer.setDeadline(clock.instant().plusSeconds(9));
    Batch far = batch("far", 2);
    far.setDeadline(clock.instant().plus(NEAR).plusSeconds(1));
    start(batch("old", 1), far, batch("oldest", 0), near, nearer);
    settle();
    assertThat(created()).containsExactly("nearer", "near", "oldest", "old", "far");
    assertThat(topic.offsets()).endsWith(15L);
  }

  @Test
  void everyLineAboutABatchHasItsIdAndItsJobOnceThereIsOne() throws Exception {
    script = Script.of(new Fault(1, Fate.UNKNOWN, 0));
    var lines =
        new ListAppender<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // Else it asks for its context when asked itself.
            super.append(line);
          }
        };
    Logger logger = (Logger) LoggerFactory.getLogger(getClass().getPackageName());
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    lines.start();
    logger.addAppender(lines);
    try {
      start(batch("a", 0), batch("b", 1));
      pass(Duration.ofMinutes(1));
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getMDCPropertyMap)
        .contains(
            Map.of("batch", "a"),
            Map.of("batch", "a", "job", provider.jobs.get(0).name()),
            Map.of("batch", "b", "job", provider.jobs.get(1).name()))
        .allSatisfy(about -> assertThat(about).containsKey("batch"));
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void aBatchWithoutRoomHoldsUpNoOtherAndIsNotUploaded() throws Exception {
    limits = new CapacitySettings(9, TokenTier.TIER_NONE, 250, Long.MAX_VALUE);
    start(large("a", 100), large("b", 200), large("c", 100));
    settle();
    assertThat(created()).containsExactly("a", "c");
    assertThat(provider.files).doesNotContainKey("files/b-3").hasSize(2);
    assertThat(waiting("tokens")).isEqualTo(1);
    assertThat(topic.offsets()).as("b is the lowest").endsWith(11L);
    // Long past the time to give up: a full provider makes lag, never loss.
    pass(Bench.GIVE_UP_AFTER.multipliedBy(2));
    assertThat(topic.phases()).doesNotContain(JobPhase.REFUSED);
    open.add(OpenJobsTest.state("a", "SUCCEEDED", true));
    open.add(OpenJobsTest.state("c", "SUCCEEDED", true));
    pass(Duration.ofSeconds(1));
    assertThat(created()).containsExactly("a", "c", "b");
    assertThat(topic.offsets()).endsWith(13L);
    assertThat(submitter.pending()).isZero();
    assertThat(waiting("tokens")).isZero();
  }

  @Test
  void roomThatComesFreeGoesToTheOldest() throws Exception {
    limits = new CapacitySettings(1, TokenTier.TIER_NONE, 0, Long.MAX_VALUE);
    start(batch("a", 0), batch("c", 2), batch("b", 1));
    settle();
    assertThat(waiting("jobs")).isEqualTo(2);
    clock.advance(Duration.ofMillis(130));
    open.add(OpenJobsTest.state("a", "SUCCEEDED", true));
    pass(Duration.ofSeconds(1));
    assertThat(created()).containsExactly("a", "b");
  }

  @Test
  void aModelThatDoesNotExistIsStoppedThoughItsFileIsThere() throws Exception {
    script.always(Call.CREATE, Fate.NOT_FOUND);
    start(batch("a", 0), batch("b", 1));
    settle();
    assertThat(gauge("promptferry.submit.stopped")).isEqualTo(1);
    assertThat(waiting("stopped")).isEqualTo(2);
    assertThat(provider.attempts).hasSize(1);
    script.always(Call.CREATE, Fate.DONE);
    pass(Duration.ofSeconds(30));
    assertThat(created()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aFileThatExpiredWhileItWaitedStopsNobody() throws Exception {
    script = Script.of(new Fault(2, Fate.BUSY, 0), new Fault(3, Fate.NOT_FOUND, 0));
    giveUpAfter = Duration.ofDays(3);
    start(batch("a", 0));
    submitter.attempt();
    clock.advance(Duration.ofHours(49));
    submitter.attempt();
    assertThat(gauge("promptferry.submit.stopped")).isZero();
    pass(Duration.ofSeconds(30));
    assertThat(created()).containsExactly("a");
  }

  @Test
  void whatCanNeverFitIsGivenUpInTheEnd() throws Exception {
    limits = new CapacitySettings(9, TokenTier.TIER_NONE, 250, Long.MAX_VALUE);
    start(large("a", 251), large("b", 200));
    settle();
    assertThat(created()).containsExactly("b");
    pass(Duration.ofMinutes(5));
    assertThat(submitter.pending()).isEqualTo(1);
    assertThat(metrics.counter("promptferry.batches.unfit").count()).isEqualTo(1);
    pass(Bench.GIVE_UP_AFTER);
    assertThat(submitter.pending()).isZero();
    assertThat(topic.phases()).endsWith(JobPhase.REFUSED);
    String why =
        Objects.requireNonNull(topic.jobs().get(topic.jobs().size() - 1).getRefusal()).getMessage();
    assertThat(why).contains("capacity.tokens.max");
    assertThat(provider.files).hasSize(1);
  }

  @Test
  void aStoppedModelIsTriedByOneBatchAndGoesOnWhenItIsMended() throws Exception {
    script.always(Call.CREATE, Fate.REFUSED);
    start(batch("a", 0), batch("b", 1), batch("c", 2), batch("d", 3));
    settle();
    assertThat(gauge("promptferry.submit.stopped")).isEqualTo(1);
    assertThat(provider.attempts).hasSize(1);
    assertThat(provider.files).as("files of those that wait").hasSize(1);
    pass(Duration.ofMinutes(1));
    assertThat(waiting("stopped")).isEqualTo(4);
    // After ten, twenty and forty seconds, and never two at a time.
    assertThat(provider.attempts).hasSizeBetween(3, 4);
    assertThat(topic.phases()).doesNotContain(JobPhase.REFUSED, JobPhase.SUBMITTED);
    script.always(Call.CREATE, Fate.DONE);
    pass(Duration.ofMinutes(1));
    assertThat(created()).containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(gauge("promptferry.submit.stopped")).isZero();
  }

  @Test
  void anAccountWithoutAKeyHoldsUpNoOtherAndGoesOnWhenItHasOne() throws Exception {
    Batch other = batch("b", 1);
    other.setLane(new Lane("gemini-2.5-flash", "research", LaneKind.NORMAL, Map.of()));
    start(batch("a", 0), other, batch("c", 2));
    var research = new ScriptedProvider(script, clock, Duration.ZERO);
    keys.give("research", research);
    keys.take("default");
    settle();
    assertThat(research.jobs).extracting(RemoteJob::displayName).containsExactly("b");
    assertThat(gauge("promptferry.submit.stopped")).isEqualTo(1);
    assertThat(waiting("stopped")).isEqualTo(2);
    assertThat(topic.phases()).doesNotContain(JobPhase.REFUSED);

    keys.give("default", provider);
    pass(Duration.ofMinutes(1));
    assertThat(created()).containsExactlyInAnyOrder("a", "c");
    assertThat(gauge("promptferry.submit.stopped")).isZero();
  }

  /** A job that may exist is looked for with the key of its account and no other. */
  @Test
  void aDoubtIsSettledWithTheKeyThatTheAccountHasByThen() throws Exception {
    script = Script.of(new Fault(2, Fate.REPLY_LOST, 0));
    start(batch("a", 0));
    provider.listLag = Duration.ofSeconds(20);
    settle();
    keys.take("default");
    clock.advance(Bench.QUARANTINE.multipliedBy(3));
    submitter.attempt();
    assertThat(waiting("doubt")).isEqualTo(1);
    assertThat(topic.phases()).doesNotContain(JobPhase.SUBMITTED, JobPhase.REFUSED);

    keys.give("default", provider);
    settle();
    assertThat(created()).containsExactly("a");
    assertThat(topic.phases()).endsWith(JobPhase.SUBMITTED);
  }

  @Test
  void a429MakesAllOfTheModelWait() throws Exception {
    script.always(Call.CREATE, Fate.BUSY);
    start(batch("a", 0), batch("b", 1), batch("c", 2));
    settle();
    assertThat(provider.attempts).hasSize(1);
    assertThat(waiting("busy")).isEqualTo(3);
    script.always(Call.CREATE, Fate.DONE);
    pass(Duration.ofSeconds(13));
    assertThat(created()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void allOfAStoppedModelAreGivenUpInTheEnd() throws Exception {
    script.always(Call.CREATE, Fate.REFUSED);
    start(batch("a", 0), batch("b", 1), batch("c", 2));
    clock.advance(Bench.GIVE_UP_AFTER);
    pass(Duration.ofMinutes(1));
    assertThat(submitter.pending()).isZero();
    assertThat(topic.phases()).filteredOn(phase -> phase == JobPhase.REFUSED).hasSize(3);
    assertThat(provider.files).isEmpty();
    assertThat(provider.jobs).isEmpty();
  }

  @Test
  void aDoubtfulBatchHoldsUpNoOther() throws Exception {
    script = Script.of(new Fault(2, Fate.REPLY_LOST, 0));
    start(batch("a", 0), batch("b", 1));
    provider.listLag = Duration.ofSeconds(20);
    settle();
    assertThat(created()).containsExactly("a", "b");
    assertThat(waiting("doubt")).isEqualTo(1);
    assertThat(topic.offsets()).as("a is not finished").containsOnly(10L);
    pass(Bench.QUARANTINE);
    settle();
    assertThat(created()).containsExactly("a", "b");
    assertThat(topic.offsets()).endsWith(12L);
  }

  @Test
  void tellsWhatIsPendingAndInUse() throws Exception {
    limits = new CapacitySettings(1, TokenTier.TIER_1, 0, 1_000);
    start(batch("a", 0), batch("b", 1));
    settle();
    clock.advance(Duration.ofSeconds(61));
    assertThat(gauge("promptferry.batches.pending")).isEqualTo(1);
    assertThat(gauge("promptferry.prompts.oldest.age")).isEqualTo(61);
    assertThat(gauge("promptferry.prompts.waiting")).isEqualTo(3);
    assertThat(waiting("jobs")).isEqualTo(1);
    assertThat(used("jobs")).isEqualTo(1);
    assertThat(used("tokens")).isEqualTo(100);
    assertThat(used("storage")).isEqualTo(300);
    assertThat(limit("jobs")).isEqualTo(1);
    assertThat(limit("tokens")).isEqualTo(3_000_000);
    assertThat(limit("storage")).isEqualTo(1_000);
    assertThat(metrics.counter("promptferry.jobs.submitted").count()).isEqualTo(1);
    submitter.close();
    assertThat(gauge("promptferry.batches.pending")).isZero();
  }

  @Test
  void whatHasNoBoundShowsNoLimit() throws Exception {
    limits = new CapacitySettings(1, TokenTier.TIER_NONE, 0, 1_000);
    start(batch("a", 0));
    settle();
    assertThat(used("tokens")).isEqualTo(100);
    assertThat(metrics.find("promptferry.capacity.tokens.limit").gauge()).isNull();
  }

  private double used(String what) {
    return gauge("promptferry.capacity." + what + ".used");
  }

  private double limit(String what) {
    return gauge("promptferry.capacity." + what + ".limit");
  }
}
