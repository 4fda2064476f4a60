package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promptferry.records.Span;
import org.junit.jupiter.api.Test;

class SpanBuilderTest {

  private final SpanBuilder builder = new SpanBuilder("prompts", "id", 3, 9);

  @Test
  void neighboursAreOneRun() {
    builder.add(10, 9);
    builder.add(11, 10);
    builder.add(12, 11);
    assertThat(Runs.decode(builder.build().getRuns())).containsExactly(new Run(10, 12));
  }

  @Test
  void markersDoNotEndARun() {
    builder.add(10, 9);
    // 11 and 12 are a transaction's markers: the visible record before 13 is 10.
    builder.add(13, 10);
    assertThat(Runs.decode(builder.build().getRuns())).containsExactly(new Run(10, 13));
    assertThat(builder.runCount()).isEqualTo(1);
  }

  @Test
  void anotherLanesRecordEndsARun() {
    builder.add(10, 9);
    builder.add(12, 11);
    builder.add(14, 12);
    assertThat(Runs.decode(builder.build().getRuns()))
        .containsExactly(new Run(10, 10), new Run(12, 14));
    assertThat(builder.runCount()).isEqualTo(2);
  }

  @Test
  void aSpanSaysWhereItIsAndHowManyItHolds() {
    builder.add(10, 9);
    builder.add(12, 11);
    Span span = builder.build();
    assertThat(span.getTopic()).isEqualTo("prompts");
    assertThat(span.getTopicId()).isEqualTo("id");
    assertThat(span.getPartition()).isEqualTo(3);
    assertThat(span.getAfter()).isEqualTo(9);
    assertThat(span.getCount()).isEqualTo(2);
    assertThat(span.getAttempt()).isEqualTo(1);
    assertThat(span.getHistory()).isEmpty();
    assertThat(builder.count()).isEqualTo(2);
  }

  @Test
  void nothingAddedIsNoRuns() {
    assertThat(builder.runCount()).isZero();
    assertThat(builder.count()).isZero();
    assertThat(Runs.decode(builder.build().getRuns())).isEmpty();
  }

  @Test
  void buildingDoesNotEndIt() {
    builder.add(10, 9);
    builder.build();
    builder.add(11, 10);
    assertThat(Runs.decode(builder.build().getRuns())).containsExactly(new Run(10, 11));
  }

  @Test
  void offsetsThatDescendAreRefused() {
    builder.add(10, 9);
    builder.add(8, 7);
    assertThatIllegalArgumentException().isThrownBy(builder::build);
  }
}
