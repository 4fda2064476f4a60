package io.promptferry.collector;

import static io.promptferry.collector.Samples.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Receipt;
import org.jspecify.annotations.Nullable;
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

  @Test
  void partsAreCountedByTheRootAndOncePerBatch() {
    receipts.add(divided("b1", null, 16));
    receipts.add(divided("b1.3", "b1", 16));
    receipts.add(divided("b1.3", "b1", 16)); // with every chunk
    receipts.add(divided("b1.3.1", "b1", 1));
    receipts.add(divided("b9", null, 4));

    assertThat(receipts.parts("b1")).isEqualTo(33);
    assertThat(receipts.parts("b9")).isEqualTo(4);
    assertThat(receipts.parts("b1.3")).isZero();
  }

  private static Receipt divided(String batchId, @Nullable String root, int parts) {
    Receipt receipt = receipt(batchId, false, 0, 1);
    receipt.setRootBatchId(root);
    receipt.setParts(parts);
    return receipt;
  }
}
