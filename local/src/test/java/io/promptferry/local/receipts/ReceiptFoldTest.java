package io.promptferry.local.receipts;

import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Receipt;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceiptFoldTest {

  private final ReceiptFold fold = ReceiptFold.whole();

  @Test
  void theLastOfABatchCountsAndTheNewestComesLast() {
    fold.add(receipt("a", false, 3, 0, 10));
    fold.add(receipt("b", true, 4, 0, 20));
    fold.add(receipt("a", true, 9, 1, 30));

    assertThat(fold.receipts(Optional.empty()))
        .extracting(Receipt::getBatchId)
        .containsExactly("b", "a");
    assertThat(fold.find("a").orElseThrow().getTotals().getSucceeded()).isEqualTo(9);
  }

  @Test
  void earlierOnesAreLeftOut() {
    fold.add(receipt("a", true, 1, 0, 19));
    fold.add(receipt("b", true, 1, 0, 20));

    assertThat(fold.receipts(Optional.of(at(20))))
        .extracting(Receipt::getBatchId)
        .containsExactly("b");
  }

  @Test
  void aReceiptIsFoundByItsJobToo() {
    fold.add(receipt("a", true, 1, 0, 1));
    fold.add(receipt("b", true, 1, 0, 1));

    assertThat(fold.find("batches/b").orElseThrow().getBatchId()).isEqualTo("b");
    assertThat(fold.find("c")).isEmpty();
  }

  @Test
  void keysAreKeptOnlyWhereTheyAreNeeded() {
    ReceiptFold slim = ReceiptFold.withoutKeys();
    fold.add(Made.full());
    slim.add(Made.full());

    assertThat(fold.find("a").orElseThrow().getKeys()).hasSize(2);
    assertThat(slim.find("a").orElseThrow().getKeys()).isEmpty();
  }
}
