package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.SUBMITTED;
import static io.promptferry.collector.Samples.T0;
import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Job;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import io.promptferry.records.Totals;
import io.promptferry.spans.Run;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CollectionTest extends CollectionBench {

  @Test
  void answersInTheOrderOfTheLogAndSettlesWithTheLast() throws IOException {
    prompts(P0, 10, 11, 12, 20, 21);
    answers("0-21", "0-10", "0-20", "0-12", "0-11");
    List<Chunk> chunks = collect(job(new Run(10, 12), new Run(20, 21)), settings(folder, 2, LARGE));

    assertThat(chunks)
        .extracting(chunk -> ids(chunk))
        .containsExactly(
            List.of("prompts-0-10", "prompts-0-11"),
            List.of("prompts-0-12", "prompts-0-20"),
            List.of("prompts-0-21"));
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getSettled())
        .containsExactly(false, false, true);
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getNextOffset())
        .containsExactly(12L, 21L, 22L);
    assertThat(chunks.get(0).responses().get(0).getText()).isEqualTo("answer to 0-10");
  }

  @Test
  void fullChunksAreFollowedByAnEmptySettledOne() throws IOException {
    prompts(P0, 0, 1, 2, 3);
    List<Chunk> chunks = collect(job(new Run(0, 3)), settings(folder, 2, LARGE));

    assertThat(chunks).extracting(chunk -> chunk.responses().size()).containsExactly(2, 2, 0);
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getSettled())
        .containsExactly(false, false, true);
  }

  @Test
  void aChunkIsClosedOnceItIsSoLarge() throws IOException {
    prompts(P0, 0, 1, 2, 3);
    answers("0-0", "0-1", "0-2", "0-3");
    int one = size(collect(job(new Run(0, 0)), settings(folder, 9, LARGE)).get(0));

    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, one)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(1, 1, 1, 1, 0);
    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, one + 1)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(2, 2, 0);
    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, 3 * one + 1)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(4, 0);
  }

  @Test
  void whatIsGoneFromTheLogIsCounted() throws IOException {
    prompts(P0, 0, 1, 5, 6);
    answers("0-0", "0-5");
    log.removeBefore(P0, 1);
    Job job = submission(List.of(span("prompts", 0, 1, 6, new Run(0, 2), new Run(4, 6))));

    List<Chunk> chunks = collect(job, settings(folder, 100, LARGE));

    assertThat(chunks)
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(ids(chunk)).containsExactly("prompts-0-1", "prompts-0-5", "prompts-0-6");
              assertThat(chunk.receipt().getTotals())
                  .isEqualTo(
                      Totals.newBuilder(Samples.totals(1L, 2L, 0L, 3L, 7L, 5L, 0L, 0L))
                          .setFailures(Map.of("NO_RESULT", 2L))
                          .build());
            });
  }

  @Test
  void aBatchOfWhichNothingIsLeftIsSettledAllTheSame() throws IOException {
    log.removeBefore(P0, 50);

    List<Chunk> chunks = collect(job(new Run(0, 9)), settings(folder, 5, LARGE));

    assertThat(chunks)
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.responses()).isEmpty();
              assertThat(chunk.receipt().getSettled()).isTrue();
              assertThat(chunk.receipt().getTotals().getVanished()).isEqualTo(10);
            });
  }

  @Test
  void theReceiptSaysWhatAndWhen() throws IOException {
    prompts(P0, 7);
    answers("0-7");
    Receipt receipt = collect(job(new Run(7, 7)), settings(folder, 9, LARGE)).get(0).receipt();

    assertThat(receipt)
        .isEqualTo(
            Receipt.newBuilder()
                .setBatchId("b1")
                .setJob("batches/1")
                .setModel("m")
                .setSettled(true)
                .setSpan(0)
                .setNextOffset(8)
                .setTotals(Samples.totals(1L, 0L, 0L, 0L, 7L, 5L, 0L, 0L))
                .setKeys(
                    List.of(new KeyTotals("k", Samples.totals(1L, 0L, 0L, 0L, 7L, 5L, 0L, 0L))))
                .setBytes(10)
                .setCollectedFrom(CLOCK.instant())
                .setSealReason(SealReason.REQUESTS)
                .setSealedAt(T0.plusSeconds(10))
                .setSubmittedAt(SUBMITTED)
                .setEndedAt(ENDED)
                .setUpdatedAt(CLOCK.instant())
                .build());
  }

  @Test
  void theResponseSaysWhatCarriedIt() throws IOException {
    prompts(P0, 7);
    answers("0-7");
    Job job = submission(List.of(span("prompts", 0, 3, new Run(7, 7))));
    PromptResponse response = collect(job, settings(folder, 9, LARGE)).get(0).responses().get(0);

    assertThat(response.getAttempt()).isEqualTo(3);
    assertThat(response.getBatchId()).isEqualTo("b1");
    assertThat(response.getJob()).isEqualTo("batches/1");
    assertThat(response.getModel()).isEqualTo("m");
    assertThat(response.getPromptedAt()).isEqualTo(T0.plusMillis(7));
    assertThat(response.getSealedAt()).isEqualTo(T0.plusSeconds(10));
    assertThat(response.getSubmittedAt()).isEqualTo(SUBMITTED);
    assertThat(response.getCompletedAt()).isEqualTo(ENDED);
    assertThat(response.getAttributes()).isEqualTo(Map.of("offset", "7"));
  }

  @Test
  void aBatchThatWasNeverSubmittedHasNoTimeOfIt() throws IOException {
    prompts(P0, 7);
    Job job = job(new Run(7, 7));
    job.setJob(null);
    Chunk chunk = collect(job, settings(folder, 9, LARGE)).get(0);

    assertThat(chunk.receipt().getSubmittedAt()).isNull();
    assertThat(chunk.receipt().getJob()).isNull();
    assertThat(chunk.responses().get(0).getSubmittedAt()).isNull();
    assertThat(chunk.responses().get(0).getJob()).isNull();
  }

  @Test
  void aPromptThatIsNoEventIsAnsweredAllTheSame() throws IOException {
    log.put(record(P0, 7, new byte[] {1, 2, 3}));
    PromptResponse response =
        collect(job(new Run(7, 7)), settings(folder, 9, LARGE)).get(0).responses().get(0);

    assertThat(response.getId()).isEqualTo("prompts-0-7");
    assertThat(response.getError().getReason()).isEqualTo("NO_RESULT");
  }

  @Test
  void itGoesOnCountingFromTheReceiptAsItWasWritten() throws IOException {
    prompts(P0, 0, 1);
    answers("0-0", "0-1");
    correction =
        receipt -> {
          Receipt corrected = Receipt.newBuilder(receipt).build();
          corrected.setTotals(totalsAfter(receipt));
          corrected.getKeys().get(0).setTotals(totalsAfter(receipt));
          return corrected;
        };
    List<Chunk> chunks = collect(job(new Run(0, 1)), settings(folder, 1, LARGE));

    assertThat(chunks).hasSize(3);
    assertThat(last(chunks).getTotals().getSucceeded()).isZero();
    assertThat(last(chunks).getTotals().getFailed()).isEqualTo(2);
    assertThat(last(chunks).getKeys().get(0).getTotals().getFailed()).isEqualTo(2);
    assertThat(last(chunks).getTotals().getVanished()).isZero();
  }

  /** As if the one that was answered just now had been too large. */
  private static Totals totalsAfter(Receipt receipt) {
    var tally = new Tally(receipt.getTotals());
    if (receipt.getTotals().getSucceeded() > 0) {
      tally.shorten(null);
    }
    return tally.totals();
  }

  @Test
  void withoutAReceiptCollectionStartsAtTheStart() {
    assertThat(Collection.position(Optional.empty())).isEqualTo(SpanCursor.Position.START);
    assertThat(Collection.position(Optional.of(Samples.receipt("b1", false, 2, 17))))
        .isEqualTo(new SpanCursor.Position(2, 17));
  }
}
