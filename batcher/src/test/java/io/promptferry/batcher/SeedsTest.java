package io.promptferry.batcher;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SeedsTest {

  @Test
  void aCaseThatFailsTellsItsSeedFirst() {
    var cause = new IllegalStateException("no such slice");
    assertThatThrownBy(
            () ->
                Seeds.run(
                    7,
                    () -> {
                      throw cause;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("-Dpromptferry.test.seed=7: no such slice")
        .hasCause(cause);
  }
}
