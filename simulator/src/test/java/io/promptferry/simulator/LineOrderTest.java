package io.promptferry.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineOrderTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 1_000})
  void everyLineOnceAndNoneInItsPlace(int count) {
    for (long seed = 0; seed < 50; seed++) {
      int[] order = LineOrder.shuffled(count, seed);
      assertThat(order).containsExactlyInAnyOrder(LineOrder.asGiven(count));
      for (int i = 0; i < count; i++) {
        assertThat(order[i]).as("seed %d", seed).isNotEqualTo(i);
      }
      assertThat(LineOrder.shuffled(count, seed)).isEqualTo(order);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void nothingToShuffle(int count) {
    assertThat(LineOrder.shuffled(count, 1)).isEqualTo(LineOrder.asGiven(count));
  }
}
