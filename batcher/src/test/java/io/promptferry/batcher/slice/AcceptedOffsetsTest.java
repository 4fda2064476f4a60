package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AcceptedOffsetsTest {

  private final AcceptedOffsets offsets = new AcceptedOffsets("id", 5_000_000_010L, 5);

  private static Span span(String topicId, Run... runs) {
    return Span.newBuilder()
        .setTopic("prompts")
        .setTopicId(topicId)
        .setPartition(0)
        .setRuns(Runs.encode(List.of(runs)))
        .setCount(1)
        .build();
  }

  private List<Long> known() {
    return LongStream.range(5_000_000_000L, 5_000_000_020L)
        .filter(offsets::contains)
        .mapToObj(offset -> offset - 5_000_000_000L)
        .toList();
  }

  @Test
  void holdsWhatSpansNameOfTheLastOffsets() {
    offsets.add(span("id", new Run(0, 5_000_000_005L), new Run(5_000_000_009L, 5_000_000_011L)));
    offsets.add(span("id", new Run(3, 4), new Run(5_000_000_007L, 5_000_000_007L)));
    assertThat(known()).containsExactly(5L, 7L, 9L);
  }

  @Test
  void ofAnotherTopicOfTheNameNothingCounts() {
    offsets.add(span("another", new Run(0, 5_000_000_011L)));
    offsets.add(span("", new Run(0, 5_000_000_011L)));
    assertThat(known()).isEmpty();
  }

  @Test
  void tellsWhetherAllWasRead() {
    assertThat(offsets.whole()).isTrue();
    offsets.cutShort();
    assertThat(offsets.whole()).isFalse();
  }

  @Test
  void aYoungPartitionHasNoOffsetsBelowZero() {
    var young = new AcceptedOffsets("id", 2, 5);
    young.add(span("id", new Run(0, 3)));
    assertThat(LongStream.range(-1, 4).filter(young::contains)).containsExactly(0L, 1L);
  }
}
