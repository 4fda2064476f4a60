package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.SpanBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random slices through the topology: each prompt lands in exactly one batch of its lane, and no
 * batch is over a limit. The seed stands in the name of the test.
 */
class AssemblePropertyTest {

  /** A visible prompt, for the check alone. */
  private record Prompt(Lane lane, int partition, long offset) {}

  private final Map<Integer, Long> ends = new HashMap<>();
  private final List<Prompt> sent = new ArrayList<>();
  private final Map<Integer, List<Long>> visible = new HashMap<>();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 20260131, 77})
  void everyPromptLandsInOneBatchAndNoBatchIsOverALimit(long seed, @TempDir Path stateDir)
      throws IOException {
    var random = new Random(seed);
    var limits =
        new BatchLimits(
            20 + random.nextInt(200),
            2_000 + random.nextInt(10_000),
            100 + random.nextInt(1_000),
            1_024 + random.nextInt(4_096),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20));
    List<Batch> batches;
    try (var registry = new RegistryStub();
        var driver =
            new AssemblerDriver(
                limits, AssemblerDriver.serdes(registry.serdes()), stateDir, seed)) {
      for (int i = 0; i < 400; i++) {
        driver.add(slice(random, limits));
        if (random.nextInt(10) == 0) {
          pass(driver, random.nextInt(15));
        }
      }
      pass(driver, limits.linger().toSeconds());
      batches = driver.sealed();
      assertThat(driver.stored()).isZero();
    }

    assertThat(batches).extracting(Batch::getBatchId).doesNotHaveDuplicates();
    assertThat(batches.stream().flatMap(this::prompts)).containsExactlyInAnyOrderElementsOf(sent);
    for (Batch batch : batches) {
      assertThat(batch.getCount()).isEqualTo((int) prompts(batch).count());
      assertThat(batch.getCount()).isBetween(1, limits.requests());
      assertThat(batch.getBytes()).isLessThanOrEqualTo(limits.bytes());
      assertThat(batch.getTokens()).isLessThanOrEqualTo(limits.tokens());
      int spanBytes = 0;
      for (Span span : batch.getSpans()) {
        spanBytes += SealRulesTest.encoded(span);
      }
      assertThat(spanBytes).isLessThanOrEqualTo(limits.spanBytes());
      assertThat(Duration.between(batch.getOpenedAt(), batch.getSealedAt()))
          .isLessThanOrEqualTo(limits.linger());
    }
  }

  /** Second by second, since the driver fires a punctuation once however far its clock leaps. */
  private static void pass(AssemblerDriver driver, long seconds) {
    for (long i = 0; i < seconds; i++) {
      driver.pass(Duration.ofSeconds(1));
    }
  }

  /** Some prompts of one lane and partition behind those before, with gaps, within the limits. */
  private Slice slice(Random random, BatchLimits limits) {
    Lane lane = random.nextInt(3) == 0 ? Slices.PRO : Slices.FLASH;
    int partition = random.nextInt(3);
    List<Long> seen = visible.computeIfAbsent(partition, p -> new ArrayList<>());
    long previous = seen.isEmpty() ? -1 : seen.get(seen.size() - 1);
    long offset = ends.getOrDefault(partition, 0L);
    if (random.nextBoolean()) { // a prompt of another lane, or a bad one
      seen.add(offset);
      previous = offset++;
    }
    var span = new SpanBuilder("prompts", "topic-id", partition, previous);
    int count = 1 + random.nextInt(random.nextInt(20) == 0 ? limits.requests() : 12);
    for (int i = 0; i < count && span.runCount() < 40; i++) {
      offset += random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0; // markers, invisible
      if (i > 0 && random.nextInt(5) == 0) {
        seen.add(offset);
        previous = offset++;
      }
      span.add(offset, previous);
      seen.add(offset);
      sent.add(new Prompt(lane, partition, offset));
      previous = offset++;
    }
    ends.put(partition, offset);
    return Slice.newBuilder()
        .setLane(lane)
        .setSpan(span.build())
        .setBytes(1 + random.nextInt((int) limits.bytes() / (random.nextInt(9) == 0 ? 1 : 20)))
        .setTokens(1 + random.nextInt((int) limits.tokens() / (random.nextInt(9) == 0 ? 1 : 20)))
        .setSealAtOnce(random.nextInt(30) == 0)
        .build();
  }

  private Stream<Prompt> prompts(Batch batch) {
    return batch.getSpans().stream()
        .flatMap(
            span ->
                Runs.decode(span.getRuns()).stream()
                    .flatMap(run -> within(span.getPartition(), run))
                    .map(offset -> new Prompt(batch.getLane(), span.getPartition(), offset)));
  }

  /** What a reader of the log sees in a run. */
  private Stream<Long> within(int partition, Run run) {
    return visible.getOrDefault(partition, List.of()).stream()
        .filter(offset -> offset >= run.first() && offset <= run.last());
  }
}
