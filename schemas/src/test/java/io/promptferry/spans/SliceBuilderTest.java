package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Lane;
import io.promptferry.records.Slice;
import io.promptferry.records.SliceLimits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceBuilderTest {

  private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

  /** Three prompts, 100 bytes, 10 tokens, two runs. */
  private final SliceBuilder slice =
      new SliceBuilder(
          Lane.newBuilder().setModel("m").build(),
          new SpanBuilder("prompts", "id", 5, -1),
          new SliceLimits(3, 100L, 10L, 36));

  private void add(long offset, int bytes, int tokens, @Nullable Instant deadline) {
    slice.add(offset, offset - 1, bytes, tokens, deadline);
  }

  @Test
  void addsUpWhatItHolds() {
    add(4, 30, 3, T.plusSeconds(9));
    add(5, 20, 2, T);
    add(6, 10, 1, null);
    Slice built = slice.build();
    assertThat(built.getBytes()).isEqualTo(60);
    assertThat(built.getTokens()).isEqualTo(6);
    assertThat(built.getDeadline()).isEqualTo(T);
    assertThat(built.getSpan().getCount()).isEqualTo(3);
    assertThat(Runs.decode(built.getSpan().getRuns())).containsExactly(new Run(4, 6));
  }

  @ParameterizedTest
  @CsvSource({"90, 9, false", "91, 9, true", "90, 10, true"})
  void takesNoMoreThanItsBytesAndTokens(int bytes, int tokens, boolean overflow) {
    add(1, 10, 1, null);
    assertThat(slice.wouldOverflow(bytes, tokens)).isEqualTo(overflow);
  }

  @Test
  void takesNoMoreThanItsPrompts() {
    add(1, 1, 1, null);
    add(2, 1, 1, null);
    assertThat(slice.wouldOverflow(1, 1)).isFalse();
    add(3, 1, 1, null);
    assertThat(slice.wouldOverflow(1, 1)).isTrue();
  }

  @Test
  void takesNoMoreRunsThanFit() {
    add(1, 1, 1, null);
    assertThat(slice.wouldOverflow(1, 1)).isFalse();
    add(3, 1, 1, null);
    assertThat(slice.wouldOverflow(1, 1)).isTrue();
  }

  @Test
  void aPromptThatIsTooLargeIsASliceOfItsOwn() {
    assertThat(slice.wouldOverflow(1_000, 1_000)).isFalse();
    add(1, 1_000, 1_000, null);
    assertThat(slice.wouldOverflow(1, 1)).isTrue();
  }
}
