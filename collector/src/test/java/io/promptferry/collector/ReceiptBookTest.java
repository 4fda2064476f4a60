package io.promptferry.collector;

import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.collector.result.Outcome;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Cost;
import io.promptferry.records.Job;
import io.promptferry.records.KeyTotals;
import io.promptferry.records.Receipt;
import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.spans.Run;
import io.promptferry.spans.SpanCursor.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiptBookTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Position END = new Position(0, 10);

  private final MutableClock clock = new MutableClock(NOW);
  private final Job job = submission(List.of(span("prompts", 0, 1, new Run(0, 9))));

  @BeforeEach
  void aModelWithAPrice() {
    // 0.30 and 2.50 dollars a million, half of it in batches.
    job.getBatch().getLane().setModel("gemini-2.5-flash");
  }

  private ReceiptBook book(@Nullable Receipt earlier, int parts) {
    return new ReceiptBook(
        new EndedBatch(state(job, "SUCCEEDED"), job, Optional.ofNullable(earlier)),
        new ReceiptSettings(Pattern.compile("^[^/]+"), 2),
        Prices.shipped(),
        77,
        parts,
        clock);
  }

  private static Outcome answer(long prompt, long output, long thinking) {
    return new Outcome.Answered(
        "text",
        "{}",
        "STOP",
        Usage.newBuilder()
            .setPromptTokens(prompt)
            .setOutputTokens(output)
            .setThinkingTokens(thinking)
            .build());
  }

  private static void add(ReceiptBook book, String key, Outcome outcome) {
    book.add(key.getBytes(UTF_8), outcome);
  }

  @Test
  void thinkingCostsWhatOutputCostsAndBatchesHalf() {
    ReceiptBook book = book(null, 0);
    add(book, "a/1", answer(1_000_000, 300_000, 100_000));

    Receipt receipt = book.receipt(true, END);
    assertThat(receipt.getCost()).isEqualTo(new Cost(650_000L, 1_300_000L, "2026-09-04"));
    assertThat(receipt.getResultBytes()).isEqualTo(77);
  }

  @Test
  void onlyASettledBatchHasAPriceAndWhatVanished() {
    ReceiptBook book = book(null, 0);
    add(book, "a/1", answer(1, 1, 0));

    assertThat(book.receipt(false, END).getCost()).isNull();
    assertThat(book.receipt(false, END).getTotals().getVanished()).isZero();
    assertThat(book.receipt(true, END).getCost()).isNotNull();
    assertThat(book.receipt(true, END).getTotals().getVanished()).isEqualTo(9);
  }

  @Test
  void aModelWithoutAPublishedPriceHasNone() {
    job.getBatch().getLane().setModel("m");

    assertThat(book(null, 0).receipt(true, END).getCost()).isNull();
  }

  @Test
  void soManyKeysHaveTotalsOfTheirOwnAndTheOthersAreOne() {
    ReceiptBook book = book(null, 0);
    addFour(book);

    assertThat(book.receipt(false, END).getKeys())
        .containsExactly(
            new KeyTotals("a", Samples.totals(2, 0, 0, 0, 30, 3, 0, 0)),
            new KeyTotals("b", Samples.totals(1, 0, 0, 0, 40, 4, 0, 0)),
            new KeyTotals(null, Samples.totals(2, 0, 0, 0, 130, 13, 0, 0)));
  }

  private static void addFour(ReceiptBook book) {
    add(book, "a/1", answer(10, 1, 0));
    add(book, "a/2", answer(20, 2, 0));
    add(book, "b/1", answer(40, 4, 0));
    add(book, "c/1", answer(50, 5, 0));
    book.add(null, answer(80, 8, 0));
  }

  @Test
  void aLaterLifeGoesOnWithAllThatTheEarlierOneWrote() {
    ReceiptBook first = book(null, 3);
    addFour(first);
    Receipt earlier = first.receipt(false, new Position(0, 5));
    clock.advance(Duration.ofHours(1));

    ReceiptBook second = book(earlier, 3);
    add(second, "a/3", answer(5, 0, 0));
    add(second, "d/1", new Outcome.Failed(ErrorReason.NO_RESULT, null, "no"));
    Receipt receipt = second.receipt(true, END);

    assertThat(receipt.getCollectedFrom()).isEqualTo(NOW);
    assertThat(receipt.getUpdatedAt()).isEqualTo(NOW.plusSeconds(3600));
    assertThat(receipt.getParts()).isEqualTo(3);
    assertThat(receipt.getTotals().getSucceeded()).isEqualTo(6);
    assertThat(receipt.getTotals().getPromptTokens()).isEqualTo(205);
    assertThat(receipt.getTotals().getVanished()).isEqualTo(3);
    assertThat(receipt.getKeys())
        .extracting(KeyTotals::getPrefix, key -> key.getTotals().getSucceeded())
        .containsExactly(tuple("a", 3L), tuple("b", 1L), tuple(null, 2L));
    assertThat(receipt.getKeys().get(2).getTotals().getFailed()).isEqualTo(1);
  }
}
