package io.promptferry.collector;

import static io.promptferry.collector.Samples.T0;
import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Attempt;
import io.promptferry.records.EarlierAttempt;
import io.promptferry.records.Job;
import io.promptferry.records.LaneKind;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Prompts whose attempt did not answer. */
class CollectionRetryTest extends CollectionBench {

  @BeforeEach
  void threeAttempts() {
    retries = Samples.retries(3);
  }

  @Test
  void whatHasNoLineGoesRoundAgainAndTheOthersAreAnswered() throws IOException {
    prompts(P0, 0, 1, 2, 3, 4);
    answers("0-0", "0-3");

    List<Chunk> chunks = collect(job(new Run(0, 4)), settings(folder, 100, LARGE));

    assertThat(ids(chunks)).containsExactly("prompts-0-0", "prompts-0-3");
    Chunk chunk = chunks.get(0);
    assertThat(chunk.slices())
        .singleElement()
        .satisfies(
            slice -> {
              Span span = slice.getSpan();
              assertThat(Runs.decode(span.getRuns())).containsExactly(new Run(1, 2), new Run(4, 4));
              assertThat(span.getCount()).isEqualTo(3);
              assertThat(span.getAttempt()).isEqualTo(2);
              assertThat(span.getHistory())
                  .containsExactly(new Attempt("b1", "batches/1", "NO_RESULT", null));
              assertThat(slice.getLane().getKind()).isEqualTo(LaneKind.RETRY);
              assertThat(slice.getLane().getModel()).isEqualTo("m");
              assertThat(slice.getBytes()).isGreaterThan(3 * 40);
              assertThat(slice.getTokens()).isPositive();
              assertThat(slice.getNotBefore())
                  .isBetween(CLOCK.instant(), CLOCK.instant().plus(Duration.ofMinutes(2)));
              assertThat(slice.getSealAtOnce()).isFalse();
              assertThat(slice.getRootBatchId()).isNull();
            });
    assertThat(chunk.receipt().getTotals().getRetried()).isEqualTo(3);
    assertThat(chunk.receipt().getTotals().getVanished()).isZero();
    assertThat(chunk.receipt().getTotals().getRetries()).isEqualTo(Map.of("NO_RESULT", 3L));
  }

  @Test
  void theLastAttemptIsAnsweredWithItsHistory() throws IOException {
    prompts(P0, 0);
    Span third = span("prompts", 0, 1, new Run(0, 0));
    third.setAttempt(3);
    third.setHistory(
        List.of(
            new Attempt("b8", "batches/8", "JOB_EXPIRED", null),
            new Attempt("b9", "batches/9", "MODEL_ERROR", 13)));

    List<Chunk> chunks = collect(submission(List.of(third)), settings(folder, 100, LARGE));

    assertThat(chunks.get(0).slices()).isEmpty();
    PromptResponse response = chunks.get(0).responses().get(0);
    assertThat(response.getError().getReason()).isEqualTo("NO_RESULT");
    assertThat(response.getError().getMessage()).contains("3 times", "retry.max.attempts=3");
    assertThat(response.getAttempt()).isEqualTo(3);
    assertThat(response.getHistory())
        .containsExactly(
            new EarlierAttempt("b8", "batches/8", "JOB_EXPIRED", null),
            new EarlierAttempt("b9", "batches/9", "MODEL_ERROR", 13));
  }

  /** A rejected job answered and cost nothing. */
  @Test
  void sendingsInAJobThatWasRejectedDoNotCount() throws IOException {
    prompts(P0, 0);
    Span third = span("prompts", 0, 1, new Run(0, 0));
    third.setAttempt(3);
    third.setHistory(
        List.of(
            new Attempt("b8", "batches/8", "JOB_INVALID", 3),
            new Attempt("b9", "batches/9", "JOB_INVALID", 3)));

    List<Chunk> chunks = collect(submission(List.of(third)), settings(folder, 100, LARGE));

    assertThat(chunks.get(0).responses()).isEmpty();
    assertThat(chunks.get(0).slices().get(0).getSpan().getAttempt()).isEqualTo(4);
  }

  /** By the time at which the log took it; here a millisecond for each offset. */
  @Test
  void promptsThatAreTooOldAreAnsweredAndYoungerOnesGoRoundAgain() throws IOException {
    retries = Samples.retries(3, Duration.between(T0.plusMillis(2), CLOCK.instant()));
    prompts(P0, 0, 1, 2, 3);

    List<Chunk> chunks = collect(job(new Run(0, 3)), settings(folder, 100, LARGE));

    assertThat(ids(chunks)).containsExactly("prompts-0-0", "prompts-0-1");
    assertThat(offsets(chunks)).containsExactly(2L, 3L);
    assertThat(chunks.get(0).responses())
        .allSatisfy(
            response -> {
              assertThat(response.getError().getReason()).isEqualTo("NO_RESULT");
              assertThat(response.getError().getMessage()).contains("retry.max.age.ms");
            });
    assertThat(last(chunks).getTotals().getFailed()).isEqualTo(2);
    assertThat(last(chunks).getTotals().getRetried()).isEqualTo(2);
  }

  @Test
  void whateverTheChunksAreEveryPromptIsAnsweredOrSentAgainOnce() throws IOException {
    prompts(P0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    answers("0-1", "0-4", "0-7");
    Job job = job(new Run(0, 8));
    for (int size = 1; size <= 10; size++) {
      for (int most = 1; most <= 4; most++) {
        var chunks = new ArrayList<Chunk>();
        run(job, settings(folder, size, LARGE), Optional.empty(), most, size % 2 == 0, chunks);
        while (chunks.isEmpty() || !last(chunks).getSettled()) {
          Optional<Receipt> earlier =
              chunks.isEmpty() ? Optional.empty() : Optional.of(last(chunks));
          run(job, settings(folder, size, LARGE), earlier, Integer.MAX_VALUE, false, chunks);
        }
        assertThat(ids(chunks)).containsExactly("prompts-0-1", "prompts-0-4", "prompts-0-7");
        assertThat(offsets(chunks)).containsExactly(0L, 2L, 3L, 5L, 6L, 8L);
        assertThat(last(chunks).getTotals().getRetried()).isEqualTo(6);
        log = again(log);
      }
    }
  }

  private LogConsumer again(LogConsumer used) {
    used.close();
    var fresh = new LogConsumer(3);
    log = fresh;
    prompts(P0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    return fresh;
  }

  private static List<Long> offsets(List<Chunk> chunks) {
    var offsets = new ArrayList<Long>();
    for (Chunk chunk : chunks) {
      for (Slice slice : chunk.slices()) {
        for (Run run : Runs.decode(slice.getSpan().getRuns())) {
          for (long offset = run.first(); offset <= run.last(); offset++) {
            offsets.add(offset);
          }
        }
      }
    }
    return offsets;
  }
}
