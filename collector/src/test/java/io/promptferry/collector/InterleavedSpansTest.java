package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.records.Attempt;
import io.promptferry.records.Job;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A batch of retries: prompts of one partition that were in different batches before. */
class InterleavedSpansTest extends CollectionBench {

  private static final TopicPartition P1 = new TopicPartition("prompts", 1);
  private static final Attempt FIRST = new Attempt("b7", "batches/7", "MODEL_ERROR", 13);
  private static final Attempt SECOND = new Attempt("b8", "batches/8", "JOB_EXPIRED", null);

  private final Job job =
      submission(
          List.of(
              retried(span("prompts", 0, 2, new Run(1, 2), new Run(5, 5), new Run(8, 8)), FIRST),
              retried(span("prompts", 1, 2, new Run(3, 3)), FIRST),
              retried(span("prompts", 0, 3, new Run(0, 0), new Run(3, 4)), FIRST, SECOND),
              retried(span("prompts", 0, 2, new Run(6, 7)), SECOND)));

  private static Span retried(Span span, Attempt... history) {
    span.setHistory(List.of(history));
    return span;
  }

  @BeforeEach
  void log() {
    log = fresh();
  }

  private LogConsumer fresh() {
    log = new LogConsumer(3);
    prompts(P0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    prompts(P1, 3);
    return log;
  }

  private static List<String> all() {
    return List.of(
        "prompts-0-0",
        "prompts-0-1",
        "prompts-0-2",
        "prompts-0-3",
        "prompts-0-4",
        "prompts-0-5",
        "prompts-0-6",
        "prompts-0-7",
        "prompts-0-8",
        "prompts-1-3");
  }

  @Test
  void answersComeInTheOrderOfThePromptsWhateverTheirHistory() throws IOException {
    answers("0-8", "0-0", "0-1", "0-6", "0-2", "0-3", "0-4", "0-5", "0-7", "1-3");
    List<Chunk> chunks = collect(job, settings(folder, 100, LARGE));

    assertThat(ids(chunks)).isEqualTo(all());
    assertThat(chunks.get(0).responses())
        .extracting(PromptResponse::getAttempt, response -> response.getHistory().size())
        .startsWith(tuple(3, 2), tuple(2, 1), tuple(2, 1), tuple(3, 2));
    assertThat(last(chunks).getTotals().getVanished()).isZero();
  }

  /** Killed after each number of chunks of each size, and after that once for each chunk. */
  @Test
  void cutAtAnyChunkItGoesOnFromTheReceipt() throws IOException {
    retries = Samples.retries(5);
    answers("0-0", "0-2", "0-3", "0-6", "1-3");
    for (int size = 1; size <= all().size() + 1; size++) {
      CollectSettings settings = settings(folder, size, LARGE);
      var chunks = new ArrayList<Chunk>();
      Optional<Receipt> earlier = Optional.empty();
      while (earlier.isEmpty() || !earlier.get().getSettled()) {
        assertThat(chunks).as("chunks of %d", size).hasSizeLessThan(20);
        log = fresh();
        run(job, settings, earlier, 1, false, chunks);
        earlier = Optional.of(last(chunks));
      }
      assertThat(ids(chunks))
          .as("chunks of %d", size)
          .containsExactly(
              "prompts-0-0", "prompts-0-2", "prompts-0-3", "prompts-0-6", "prompts-1-3");
      assertThat(resent(chunks))
          .as("chunks of %d", size)
          .containsExactlyInAnyOrder("2:1", "3:4", "2:5", "2:7", "2:8");
      assertThat(last(chunks).getTotals().getRetried()).isEqualTo(5);
      assertThat(last(chunks).getTotals().getVanished()).isZero();
    }
  }

  /** Attempt and offset of each prompt that goes round again. */
  private static List<String> resent(List<Chunk> chunks) {
    var found = new ArrayList<String>();
    for (Chunk chunk : chunks) {
      for (Slice slice : chunk.slices()) {
        for (Run run : Runs.decode(slice.getSpan().getRuns())) {
          for (long offset = run.first(); offset <= run.last(); offset++) {
            found.add(slice.getSpan().getAttempt() - 1 + ":" + offset);
          }
        }
      }
    }
    return found;
  }

  @Test
  void eachHistorySendsOneSliceAgainAndKeepsItsRuns() throws IOException {
    retries = Samples.retries(5);
    List<Slice> slices = collect(job, settings(folder, 100, LARGE)).get(0).slices();

    assertThat(slices)
        .extracting(slice -> Runs.decode(slice.getSpan().getRuns()))
        .containsExactlyInAnyOrder(
            List.of(new Run(1, 2), new Run(5, 5), new Run(8, 8)),
            List.of(new Run(3, 3)),
            List.of(new Run(0, 0), new Run(3, 4)),
            List.of(new Run(6, 7)));
    assertThat(slices)
        .allSatisfy(
            slice -> assertThat(slice.getNotBefore()).isBetween(ENDED, ENDED.plusSeconds(600)));
  }
}
