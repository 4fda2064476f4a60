package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {

  private final Progress progress = new Progress();

  @Test
  void theLowestUnfinishedIsCommitted() {
    progress.begin(4);
    progress.begin(7);
    progress.begin(9);
    assertThat(progress.committable()).isEqualTo(4);
    assertThat(progress.committableWithout(7)).isEqualTo(4);
    assertThat(progress.committableWithout(4)).isEqualTo(7);
    progress.finish(7);
    assertThat(progress.committable()).isEqualTo(4);
    assertThat(progress.committableWithout(4)).isEqualTo(9);
  }

  @Test
  void whereAllAreFinishedItIsTheNext() {
    progress.begin(4);
    progress.begin(7);
    progress.finish(4);
    assertThat(progress.committableWithout(7)).isEqualTo(8);
    progress.finish(7);
    assertThat(progress.committable()).isEqualTo(8);
  }
}
