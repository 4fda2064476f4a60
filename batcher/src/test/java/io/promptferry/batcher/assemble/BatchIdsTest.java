package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchIdsTest {

  private final BatchIds ids = new BatchIds(new Random(42));

  @Test
  void beginWithTheTimeInUtcAndFitARemoteFilesNameWithASuffix() {
    String id = ids.next(ManualClock.START);
    assertThat(id).matches("20260131-235959-[0-9a-z]{8}");
    assertThat(id.length()).isLessThanOrEqualTo(24);
    assertThat(id + "-xxxxx").hasSizeLessThanOrEqualTo(40);
  }

  @Test
  void differWithinASecond() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      assertThat(seen.add(ids.next(ManualClock.START))).isTrue();
    }
  }
}
