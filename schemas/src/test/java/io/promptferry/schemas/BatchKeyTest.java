package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.SealReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchKeyTest {

  private static Batch batch() {
    return Batch.newBuilder()
        .setBatchId("b2")
        .setLane(Lane.newBuilder().setModel("m").build())
        .setSpans(List.of())
        .setCount(0)
        .setBytes(0)
        .setTokens(0)
        .setOpenedAt(Instant.EPOCH)
        .setSealedAt(Instant.EPOCH)
        .setSealReason(SealReason.AT_ONCE)
        .build();
  }

  @Test
  void isTheBatchsOwnIdAndOfAPartThatOfItsRoot() {
    Batch batch = batch();
    assertThat(BatchKey.name(batch)).isEqualTo("b2");
    batch.setRootBatchId("b1");
    assertThat(BatchKey.of(batch)).asString().isEqualTo("b1");
  }
}
