package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AssembleTopologyTest {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  private static final Duration LINGER = Duration.ofMinutes(5);
  private static final Duration MARGIN = Duration.ofMinutes(60);

  /** The topology looks at the clock once a second. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private static final BatchLimits LIMITS = new BatchLimits(100, 1_000, 100, 1_024, LINGER, MARGIN);

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static AssembleTopology.RecordSerdes serdes;

  @SuppressWarnings("NullAway.Init")
  private AssemblerDriver driver;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    serdes = AssemblerDriver.serdes(registry.serdes());
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  @BeforeEach
  void startTopology(@TempDir Path stateDir) {
    driver = new AssemblerDriver(Policies.of(LIMITS), serdes, stateDir, 1, ManualClock.START);
  }

  @AfterEach
  void stopTopology() {
    driver.close();
  }

  private static Slice.Builder flash(long first, int count) {
    return Slices.of(Slices.FLASH, first, count);
  }

  private static List<Run> runs(Span span) {
    return Runs.decode(span.getRuns());
  }

  /** The one batch that is out now. */
  private Batch theBatch() {
    List<Batch> batches = driver.sealed();
    assertThat(batches).hasSize(1);
    return batches.get(0);
  }

  @Test
  void theTopologyIsAsCommitted() throws IOException {
    String name = "assemble-topology.txt";
    try (InputStream committed = AssembleTopologyTest.class.getResourceAsStream(name)) {
      assertThat(
              new AssembleTopology(
                      new Topics(""),
                      Policies.of(LIMITS),
                      serdes,
                      new Random(1),
                      new AssembleMetrics(new SimpleMeterRegistry()))
                  .get()
                  .describe()
                  .toString())
          .as("a change here needs a way for the stores of running assemblers; see " + name)
          .isEqualTo(
              new String(
                  Objects.requireNonNull(committed, name).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aBatchTellsAllThatItsSlicesHold() {
    Instant deadline = ManualClock.START.plus(Duration.ofDays(1));
    driver.add(flash(0, 30).setDeadline(deadline.plusSeconds(1)));
    driver.pass(TICK);
    driver.add(flash(30, 30).setDeadline(deadline));
    driver.add(flash(60, 30));
    assertThat(driver.sealed()).isEmpty();
    driver.add(flash(90, 10));

    List<KeyValue<String, Batch>> sealed = driver.keyed();
    assertThat(sealed).hasSize(1);
    Batch batch = sealed.get(0).value;
    assertThat(sealed.get(0).key).isEqualTo(batch.getBatchId());
    assertThat(batch.getBatchId()).startsWith("20260131-235959-");
    assertThat(batch.getLane()).isEqualTo(Slices.FLASH);
    assertThat(batch.getCount()).isEqualTo(100);
    assertThat(batch.getBytes()).isEqualTo(1_000);
    assertThat(batch.getTokens()).isEqualTo(100);
    assertThat(batch.getDeadline()).isEqualTo(deadline);
    assertThat(batch.getOpenedAt()).isEqualTo(ManualClock.START);
    assertThat(batch.getSealedAt()).isEqualTo(ManualClock.START.plus(TICK));
    assertThat(batch.getSealReason()).isEqualTo(SealReason.REQUESTS);
    assertThat(batch.getDepth()).isZero();
    assertThat(batch.getRootBatchId()).isNull();
  }

  @Test
  void theTimeThatABatchWasOpenIsASpanAfterThoseItsPromptsWereInBefore() {
    Slice.Builder again = flash(0, 99);
    again
        .getSpan()
        .setHistory(
            List.of(new Attempt("b0", null, "RATE", null), new Attempt("b1", null, "RATE", null)));
    driver.add(again);
    driver.pass(TICK);
    driver.add(flash(99, 1));

    assertThat(OTEL.getSpans()).hasSize(1);
    SpanData span = OTEL.getSpans().get(0);
    assertThat(span.getName()).isEqualTo("gather batch");
    assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isEqualTo(TICK.toNanos());
    assertThat(span.getLinks()).hasSize(2);
    assertThat(span.getAttributes().asMap())
        .isEqualTo(
            Attributes.builder()
                .put("promptferry.batch.id", theBatch().getBatchId())
                .put("promptferry.batch.prompts", 100)
                .put("promptferry.account", "default")
                .put("gen_ai.request.model", "flash")
                .put("promptferry.outcome", "requests")
                .build()
                .asMap());
  }

  @Test
  void neighbouringSpansBecomeOneRunAndEachPartitionOneSpan() {
    driver.add(flash(0, 10));
    driver.add(flash(500, 5).setSpan(Slices.span(7, 500, 504)));
    driver.add(flash(10, 5));
    driver.add(flash(20, 5));
    driver.add(flash(505, 5).setSpan(Slices.span(7, 505, 509)).setSealAtOnce(true));
    Batch batch = theBatch();
    assertThat(batch.getSpans()).extracting(Span::getPartition).containsExactly(0, 7);
    assertThat(batch.getSpans()).extracting(Span::getCount).containsExactly(20, 10);
    assertThat(runs(batch.getSpans().get(0))).containsExactly(new Run(0, 14), new Run(20, 24));
    assertThat(runs(batch.getSpans().get(1))).containsExactly(new Run(500, 509));
  }

  @Test
  void sealsByBytes() {
    driver.add(flash(0, 1).setBytes(999));
    assertThat(driver.sealed()).isEmpty();
    driver.add(flash(1, 1).setBytes(1));
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.BYTES);
  }

  @Test
  void sealsByTokens() {
    driver.add(flash(0, 1).setTokens(99));
    assertThat(driver.sealed()).isEmpty();
    driver.add(flash(1, 1).setTokens(1));
    assertThat(theBatch().getSealReason()).isEqualTo(SealReason.TOKENS);
  }

  @Test
  void sealsWhenASliceAsksForIt() {
    driver.add(flash(0, 1));
    driver.add(flash(1, 1).setSealAtOnce(true));
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.AT_ONCE);
    assertThat(batch.getCount()).isEqualTo(2);
  }

  @Test
  void sealsAfterLingeringByTheWallClockThoughNothingMoreComes() {
    driver.add(flash(0, 1));
    driver.pass(LINGER.minus(TICK));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(TICK);
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.LINGER);
    assertThat(batch.getSealedAt()).isEqualTo(ManualClock.START.plus(LINGER));
  }

  @Test
  void lingeringBeginsWithTheFirstSliceAndNoLaterOneExtendsIt() {
    driver.pass(Duration.ofHours(2));
    driver.add(flash(0, 1));
    driver.pass(LINGER.minus(TICK));
    driver.add(flash(1, 1));
    driver.pass(TICK);
    assertThat(theBatch().getCount()).isEqualTo(2);
  }

  @Test
  void sealsAMarginBeforeTheEarliestDeadline() {
    Instant deadline = ManualClock.START.plus(MARGIN).plus(TICK.multipliedBy(10));
    driver.add(flash(0, 1).setDeadline(deadline));
    driver.add(flash(1, 1));
    driver.pass(TICK.multipliedBy(9));
    assertThat(driver.sealed()).isEmpty();
    driver.pass(TICK);
    Batch batch = theBatch();
    assertThat(batch.getSealReason()).isEqualTo(SealReason.DEADLINE);
    assertThat(batch.getCount()).isEqualTo(2);
  }

  @Test
  void aSliceThatWouldNotFitSealsFirstAndOpensTheNext() {
    driver.add(flash(0, 60));
    driver.pass(TICK);
    driver.add(flash(60, 41));
    Batch first = theBatch();
    assertThat(first.getCount()).isEqualTo(60);
    assertThat(first.getSealReason()).isEqualTo(SealReason.REQUESTS);
    driver.pass(LINGER);
    Batch second = theBatch();
    assertThat(second.getCount()).isEqualTo(41);
    assertThat(second.getOpenedAt()).isEqualTo(ManualClock.START.plus(TICK));
    assertThat(second.getBatchId()).isNotEqualTo(first.getBatchId());
    assertThat(runs(second.getSpans().get(0))).containsExactly(new Run(60, 100));
  }

  @Test
  void aSliceThatWouldNotFitAndFillsABatchByItselfSealsTwice() {
    driver.add(flash(0, 1));
    driver.add(flash(1, 100));
    assertThat(driver.sealed()).extracting(Batch::getCount).containsExactly(1, 100);
    assertThat(driver.stored()).isZero();
  }

  @Test
  void lanesAreKeptApart() {
    driver.add(flash(0, 60));
    driver.add(Slices.of(Slices.PRO, 60, 60));
    driver.add(flash(120, 40));
    assertThat(theBatch().getLane()).isEqualTo(Slices.FLASH);
    driver.add(Slices.of(Slices.PRO, 160, 40));
    Batch pro = theBatch();
    assertThat(pro.getLane()).isEqualTo(Slices.PRO);
    assertThat(runs(pro.getSpans().get(0))).containsExactly(new Run(60, 119), new Run(160, 199));
  }

  @Test
  void allLanesThatLingerAreSealedAtOneTick() {
    driver.add(flash(0, 1));
    driver.add(Slices.of(Slices.PRO, 1, 1));
    driver.pass(LINGER);
    assertThat(driver.sealed())
        .extracting(Batch::getLane)
        .containsExactlyInAnyOrder(Slices.FLASH, Slices.PRO);
  }

  @Test
  void theStoresAreEmptyAfterSealing() {
    driver.add(flash(0, 10));
    driver.add(flash(10, 10));
    driver.add(Slices.of(Slices.PRO, 20, 10));
    assertThat(driver.stored()).isEqualTo(5);
    driver.pass(LINGER);
    assertThat(driver.sealed()).hasSize(2);
    assertThat(driver.stored()).isZero();
    driver.pass(LINGER);
    assertThat(driver.sealed()).isEmpty();
  }
}
