package io.promptferry.collector.resend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartOfSeveralSpansTest {

  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

  /** A slice that came after it would be a batch of its own. */
  @Test
  void theSliceThatClosesAPartIsItsLast() {
    var resending = new Resending(batch(span(0, 2, 5), span(1, 3, 4)), "batches/1");
    resending.part(prompt(0, 2), 0, false, "JOB_INVALID", 3);
    resending.part(prompt(1, 3), 0, false, "JOB_INVALID", 3);
    resending.part(prompt(1, 4), 1, false, "JOB_INVALID", 3);
    resending.part(prompt(0, 5), 0, true, "JOB_INVALID", 3);

    List<Slice> slices = resending.drain();
    assertThat(slices)
        .extracting(
            slice -> slice.getLane().getLabels().containsValue("b1.0"),
            slice -> slice.getSpan().getPartition(),
            slice -> Runs.decode(slice.getSpan().getRuns()),
            Slice::getSealAtOnce)
        .containsExactly(
            tuple(true, 1, List.of(new Run(3, 3)), false),
            tuple(true, 0, List.of(new Run(2, 2), new Run(5, 5)), true),
            tuple(false, 1, List.of(new Run(4, 4)), false));
  }

  private static ResentPrompt prompt(int span, long offset) {
    return new ResentPrompt(span, offset, -1, 100, 10, null);
  }

  private static Span span(int partition, long... offsets) {
    List<Run> runs = Arrays.stream(offsets).mapToObj(offset -> new Run(offset, offset)).toList();
    return Span.newBuilder()
        .setTopic("prompts")
        .setPartition(partition)
        .setRuns(Runs.encode(runs))
        .setCount(runs.size())
        .build();
  }

  private static Batch batch(Span... spans) {
    return Batch.newBuilder()
        .setBatchId("b1")
        .setLane(Lane.newBuilder().setModel("m").build())
        .setSpans(List.of(spans))
        .setCount(4)
        .setBytes(10)
        .setTokens(10)
        .setOpenedAt(T0)
        .setSealedAt(T0)
        .setSealReason(SealReason.REQUESTS)
        .build();
  }
}
