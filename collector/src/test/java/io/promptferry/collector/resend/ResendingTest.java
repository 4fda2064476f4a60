package io.promptferry.collector.resend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.SliceLimits;
import io.promptferry.records.Span;
import io.promptferry.schemas.Lanes;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResendingTest {

  private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
  private static final Attempt BEFORE = new Attempt("b0", "batches/0", "MODEL_ERROR", 13);

  private final Batch batch =
      Batch.newBuilder()
          .setBatchId("b1")
          .setLane(
              Lane.newBuilder()
                  .setModel("m")
                  .setAccount("acc")
                  .setLabels(Map.of("tenant", "t", Lanes.PART, "b0.3"))
                  .build())
          .setSpans(List.of(span("prompts", 0), span("prompts", 1)))
          .setCount(10)
          .setBytes(10)
          .setTokens(10)
          .setOpenedAt(T)
          .setSealedAt(T)
          .setSealReason(SealReason.LINGER)
          .build();
  private final Resending resending = new Resending(batch, "batches/1");

  private static Span span(String topic, int partition) {
    return Span.newBuilder()
        .setTopic(topic)
        .setTopicId("id")
        .setPartition(partition)
        .setRuns(Runs.encode(List.of(new Run(0, 9_999))))
        .setCount(10_000)
        .setAttempt(2)
        .setHistory(List.of(BEFORE))
        .build();
  }

  private static ResentPrompt prompt(int span, long offset) {
    return prompt(span, offset, 10, 3, null);
  }

  private static ResentPrompt prompt(
      int span, long offset, int bytes, long tokens, @Nullable Instant deadline) {
    return new ResentPrompt(span, offset, offset - 1, bytes, tokens, deadline);
  }

  private void retry(ResentPrompt prompt, int seconds) {
    resending.retry(prompt, "NO_RESULT", null, T.plusSeconds(seconds));
  }

  @Test
  void aSliceAddsUpItsPromptsAndWaitsForTheLatestWithTheEarliestDeadline() {
    retry(prompt(0, 4, 10, 3, T.plusSeconds(900)), 60);
    retry(prompt(0, 5, 20, 4, T.plusSeconds(800)), 90);
    retry(prompt(0, 7, 30, 5, null), 70);
    retry(prompt(0, 8, 40, 6, T.plusSeconds(850)), 50);

    assertThat(resending.drain())
        .singleElement()
        .satisfies(
            slice -> {
              assertThat(slice.getBytes()).isEqualTo(100);
              assertThat(slice.getTokens()).isEqualTo(18);
              assertThat(slice.getNotBefore()).isEqualTo(T.plusSeconds(90));
              assertThat(slice.getDeadline()).isEqualTo(T.plusSeconds(800));
              assertThat(slice.getSpan().getAfter()).isEqualTo(3);
              assertThat(slice.getSpan().getTopicId()).isEqualTo("id");
            });
  }

  @Test
  void aRetryLeavesThePartBehindAndKeepsItsOtherLabels() {
    retry(prompt(1, 4), 60);

    Slice slice = resending.drain().get(0);
    assertThat(slice.getLane())
        .isEqualTo(new Lane("m", "acc", LaneKind.RETRY, Map.of("tenant", "t")));
    assertThat(slice.getSpan().getPartition()).isEqualTo(1);
    assertThat(slice.getSpan().getAttempt()).isEqualTo(3);
    assertThat(slice.getSpan().getHistory())
        .containsExactly(BEFORE, new Attempt("b1", "batches/1", "NO_RESULT", null));
    assertThat(slice.getRootBatchId()).isNull();
    assertThat(slice.getDepth()).isZero();
    assertThat(slice.getSealAtOnce()).isFalse();
  }

  /** One history for a span: prompts that differ in it cannot share one. */
  @Test
  void promptsOfOtherSpansOrReasonsHaveSlicesOfTheirOwn() {
    retry(prompt(0, 4), 60);
    resending.retry(prompt(0, 5), "MODEL_ERROR", 13, T);
    resending.retry(prompt(0, 6), "MODEL_ERROR", 14, T);
    retry(prompt(0, 7), 60);
    retry(prompt(1, 4), 60);

    assertThat(resending.drain())
        .extracting(slice -> slice.getSpan().getCount())
        .containsExactly(2, 1, 1, 1);
  }

  @ParameterizedTest
  @CsvSource({
    // Of each prompt, and how many the first slice takes.
    "10, 3, 7",
    "20, 3, 5",
    "10, 25, 4",
  })
  void aSliceTakesNoMoreThanItsBatchSays(int bytes, long tokens, int most) {
    batch.setResendLimits(new SliceLimits(7, 100L, 100L, 1_000));
    for (int offset = 0; offset <= most; offset++) {
      retry(prompt(0, offset, bytes, tokens, null), 60);
    }

    assertThat(resending.drain())
        .extracting(slice -> slice.getSpan().getCount())
        .containsExactly(most, 1);
  }

  /** Else it would carry a slice of many past the limits, and that one a batch. */
  @Test
  void aLargePromptIsASliceOfItsOwn() {
    batch.setResendLimits(new SliceLimits(7, 100L, 100L, 1_000));
    retry(prompt(0, 0), 60);
    retry(prompt(0, 1, 1_000, 1_000, null), 60);
    retry(prompt(0, 2), 60);

    assertThat(resending.drain()).extracting(Slice::getBytes).containsExactly(10L, 1_000L, 10L);
  }

  @Test
  void thePartsOfABatchAreInSlicesOfThatSizeToo() {
    batch.setResendLimits(new SliceLimits(2, 100L, 100L, 1_000));
    for (int offset = 0; offset < 5; offset++) {
      resending.part(prompt(0, offset), 0, offset == 4, "JOB_INVALID", 3);
    }

    assertThat(resending.drain())
        .extracting(slice -> slice.getSpan().getCount(), Slice::getSealAtOnce)
        .containsExactly(tuple(2, false), tuple(2, false), tuple(1, true));
  }

  /** A fortieth of the default limits. */
  @Test
  void aBatchThatDoesNotSayIsOfAnEarlierVersion() {
    for (int offset = 0; offset <= 500; offset++) {
      retry(prompt(0, offset), 60);
    }

    assertThat(resending.drain())
        .extracting(slice -> slice.getSpan().getCount())
        .containsExactly(500, 1);
  }

  @Test
  void whatWasDrainedDoesNotComeAgain() {
    retry(prompt(0, 4), 60);
    assertThat(resending.drain()).hasSize(1);
    assertThat(resending.drain()).isEmpty();

    retry(prompt(0, 5), 60);
    assertThat(resending.drain())
        .singleElement()
        .satisfies(
            slice ->
                assertThat(Runs.decode(slice.getSpan().getRuns())).containsExactly(new Run(5, 5)));
  }

  @Test
  void eachPartIsALaneThatIsClosedWithItsLastPrompt() {
    resending.part(prompt(0, 4), 0, false, "JOB_INVALID", 3);
    resending.part(prompt(0, 5), 0, true, "JOB_INVALID", 3);
    resending.part(prompt(0, 6), 1, false, "JOB_INVALID", 3);

    List<Slice> slices = resending.drain();
    assertThat(slices)
        .extracting(slice -> slice.getLane().getLabels())
        .containsExactly(
            Map.of("tenant", "t", Lanes.PART, "b1.0"), Map.of("tenant", "t", Lanes.PART, "b1.1"));
    assertThat(slices).extracting(Slice::getSealAtOnce).containsExactly(true, false);
    assertThat(slices)
        .extracting(slice -> slice.getSpan().getCount())
        .as("the second part goes on in the next chunk")
        .containsExactly(2, 1);
    assertThat(slices)
        .allSatisfy(
            slice -> {
              assertThat(slice.getLane().getKind()).isEqualTo(LaneKind.ISOLATION);
              assertThat(slice.getNotBefore()).as("at once").isNull();
              assertThat(slice.getSpan().getHistory())
                  .endsWith(new Attempt("b1", "batches/1", "JOB_INVALID", 3));
            });
  }

  @Test
  void aPartKnowsItsRootAndItsDepth() {
    resending.part(prompt(0, 4), 0, true, "JOB_INVALID", 3);
    assertThat(resending.drain())
        .extracting(Slice::getRootBatchId, Slice::getDepth)
        .containsExactly(tuple("b1", 1));

    batch.setRootBatchId("b0");
    batch.setDepth(2);
    var deeper = new Resending(batch, null);
    deeper.part(prompt(0, 4), 0, true, "JOB_INVALID", 3);
    assertThat(deeper.drain())
        .extracting(Slice::getRootBatchId, Slice::getDepth)
        .containsExactly(tuple("b0", 3));
  }
}
