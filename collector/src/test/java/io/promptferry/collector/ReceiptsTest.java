package io.promptferry.collector;

import static io.promptferry.collector.Samples.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiptsTest {

  private final Receipts receipts = new Receipts();

  @Test
  void ofABatchThatNobodyCollectedNothingIsKnown() {
    receipts.add(receipt("b2", true, 0, 1));

    assertThat(receipts.isSettled("b1")).isFalse();
    assertThat(receipts.open("b1")).isEmpty();
  }

  @Test
  void theLastReceiptOfAnOpenBatchCounts() {
    receipts.add(receipt("b1", false, 0, 5));
    receipts.add(receipt("b2", false, 3, 1));
    receipts.add(receipt("b1", false, 1, 2));

    assertThat(receipts.open("b1")).contains(receipt("b1", false, 1, 2));
    assertThat(receipts.open("b2")).contains(receipt("b2", false, 3, 1));
    assertThat(receipts.isSettled("b1")).isFalse();
  }

  @Test
  void aSettledBatchIsOpenNoMore() {
    receipts.add(receipt("b1", false, 0, 5));
    receipts.add(receipt("b1", true, 0, 9));

    assertThat(receipts.isSettled("b1")).isTrue();
    assertThat(receipts.open("b1")).isEmpty();
    assertThat(receipts.isSettled("b2")).isFalse();
  }
}
