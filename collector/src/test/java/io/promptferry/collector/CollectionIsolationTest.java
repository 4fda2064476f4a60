package io.promptferry.collector;

import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.collector.resend.Isolation;
import io.promptferry.collector.resend.Rejection;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Skipped;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Lanes;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.SpanCursor;
import io.promptferry.spans.SpanCursor.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A batch that the provider rejected as a whole. */
class CollectionIsolationTest extends CollectionBench {

  private static final int BUDGET = 20;

  private final Receipts receipts = new Receipts();

  /** A worker that lives for so many chunks. */
  private List<Chunk> collect(Job job, String message, @Nullable Receipt earlier, int chunks)
      throws IOException {
    JobState state = state(job, "FAILED", null, new JobError(3, message));
    var ended = new EndedBatch(state, job, Optional.ofNullable(earlier));
    Isolation isolation =
        CollectMeans.divided(
            ended, Objects.requireNonNull(Rejection.of(state)), true, BUDGET, receipts);
    CollectSettings settings = settings(folder, 3, LARGE);
    var collection =
        new Collection(
            ended,
            tools(settings, Samples.once()),
            new SpanCursor(
                log,
                job.getBatch().getSpans(),
                Position.START,
                topic -> Optional.of(""),
                Duration.ofSeconds(1),
                CLOCK),
            new BatchOutcomes(job, null, BatchOutcomes.withoutLine(state), Samples.MAX_LINE),
            isolation,
            new ReceiptBook(
                ended, settings.receipts(), Prices.shipped(), 0, isolation.parts(), CLOCK));
    var written = new ArrayList<Chunk>();
    while (written.size() < chunks && (written.isEmpty() || !last(written).getSettled())) {
      collection.step(
          (responses, slices, receipt) -> {
            written.add(chunk(responses, slices, receipt));
            return receipt;
          });
    }
    return written;
  }

  /** Which prompts of which part, in the order in which they were written. */
  private static List<String> parts(List<Chunk> chunks) {
    var parts = new ArrayList<String>();
    for (Chunk chunk : chunks) {
      for (Slice slice : chunk.slices()) {
        for (Run run : Runs.decode(slice.getSpan().getRuns())) {
          for (long offset = run.first(); offset <= run.last(); offset++) {
            boolean last = slice.getSealAtOnce() && offset == run.last();
            parts.add(
                slice.getLane().getLabels().get(Lanes.PART) + ":" + offset + (last ? "!" : ""));
          }
        }
      }
    }
    return parts;
  }

  /** Lines are those of the input file, in which a prompt that was skipped has none. */
  @Test
  void theNamedLineIsFoundPastPromptsThatWereLeftOut() throws IOException {
    prompts(P0, 0, 1, 2, 3, 4, 5, 6);
    Job job =
        submission(
            List.of(span("prompts", 0, 1, new Run(0, 6))),
            new Skipped(0, 1L, "DEADLINE_PASSED", ""),
            new Skipped(0, 6L, "DEADLINE_PASSED", ""));

    List<Chunk> chunks = collect(job, "Error on line 3", null, Integer.MAX_VALUE);

    assertThat(chunks.stream().flatMap(chunk -> chunk.responses().stream()))
        .extracting(PromptResponse::getId, response -> response.getError().getReason())
        .containsExactly(
            tuple("prompts-0-1", "DEADLINE_PASSED"),
            tuple("prompts-0-3", "JOB_INVALID"),
            tuple("prompts-0-6", "DEADLINE_PASSED"));
    assertThat(parts(chunks)).containsExactly("b1.0:0", "b1.0:2", "b1.0:4", "b1.0:5!");
    assertThat(last(chunks).getParts()).isEqualTo(1);
    assertThat(last(chunks).getTotals().getRetried()).isEqualTo(4);
  }

  @Test
  void cutAnywhereTheBatchIsDividedAsItWasBegun() throws IOException {
    prompts(P0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    Job job = job(new Run(0, 19));
    List<String> whole = parts(collect(job, "no line is named", null, Integer.MAX_VALUE));
    assertThat(whole).hasSize(20).filteredOn(prompt -> prompt.endsWith("!")).hasSize(16);

    var pieces = new ArrayList<Chunk>();
    while (pieces.isEmpty() || !last(pieces).getSettled()) {
      assertThat(pieces).hasSizeLessThan(20);
      fresh();
      pieces.addAll(collect(job, "no line is named", pieces.isEmpty() ? null : last(pieces), 1));
      // What it spent itself does not count against it.
      receipts.add(last(pieces));
    }
    assertThat(parts(pieces)).isEqualTo(whole);
  }

  private void fresh() {
    log.close();
    log = new LogConsumer(3);
    for (int offset = 0; offset < 20; offset++) {
      prompts(P0, offset);
    }
  }

  /** What a root may cost is shared by all that descend from it. */
  @Test
  void pastTheBudgetOfTheRootTheRestIsAnswered() throws IOException {
    prompts(P0, 0, 1, 2, 3, 4);
    Job part = job(new Run(0, 4));
    part.getBatch().setRootBatchId("root");
    receipts.add(divided("root", null, 10));
    receipts.add(divided("other", null, 10));
    receipts.add(divided("root.1", "root", 5));
    assertThat(parts(collect(part, "no line is named", null, Integer.MAX_VALUE))).hasSize(5);

    receipts.add(divided("root.2", "root", 1));
    fresh();
    List<Chunk> chunks = collect(part, "no line is named", null, Integer.MAX_VALUE);
    assertThat(parts(chunks)).isEmpty();
    assertThat(chunks.stream().flatMap(chunk -> chunk.responses().stream()))
        .hasSize(5)
        .extracting(response -> response.getError().getReason())
        .containsOnly("NOT_ISOLATED");
  }

  private static Receipt divided(String batchId, @Nullable String root, int parts) {
    Receipt receipt = Samples.receipt(batchId, true, 0, 1);
    receipt.setRootBatchId(root);
    receipt.setParts(parts);
    return receipt;
  }
}
