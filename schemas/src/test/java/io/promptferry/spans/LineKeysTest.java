package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Span;
import io.promptferry.spans.LineKeys.Place;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineKeysTest {

  private final LineKeys one = new LineKeys(List.of(span("prompts", 7), span("prompts", 8)));
  private final LineKeys two =
      new LineKeys(List.of(span("a", 0), span("b", 5), span("a", 2), span("b", 1)));

  @Test
  void ofOneTopicAKeyIsPartitionAndOffset() {
    assertThat(one.key(0, 12)).isEqualTo("7-12");
    assertThat(one.key(1, 0)).isEqualTo("8-0");
    assertThat(one.parse("8-0")).contains(new Place(0, 8, 0));
  }

  @Test
  void ofSeveralTopicsTheirNumberStandsBefore() {
    assertThat(two.key(0, 12)).isEqualTo("0-0-12");
    assertThat(two.key(1, 12)).isEqualTo("1-5-12");
    assertThat(two.key(2, 12)).isEqualTo("0-2-12");
    assertThat(two.parse("1-1-3")).contains(new Place(1, 1, 3));
  }

  @Test
  void placesNumberTopicsByTheirFirstAppearance() {
    assertThat(two.place(3, 9)).isEqualTo(new Place(1, 1, 9));
    assertThat(two.place(2, 9)).isEqualTo(new Place(0, 2, 9));
  }

  @RepeatedTest(20)
  void everyKeyLeadsBackToItsPlace() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    LineKeys keys = random.nextBoolean() ? one : two;
    int span = random.nextInt(keys == one ? 2 : 4);
    long offset = random.nextLong(1_000_000_000_000_000_000L);
    assertThat(keys.parse(keys.key(span, offset)))
        .as("seed %d", seed)
        .contains(keys.place(span, offset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "7-",
        "-7",
        "7-12-",
        "a-b",
        "7-12 ",
        " 7-12",
        "7--12",
        "7-+12",
        "7-1.0",
        "0-7-12",
        "7-1234567890123456789",
        "1234567890-1",
        "7-١٢"
      })
  void whatIsNoKeyOfOneTopicIsRefused(String key) {
    assertThat(one.parse(key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"7-12", "0-7-12-1", "12345-7-12", "x-7-12"})
  void whatIsNoKeyOfSeveralTopicsIsRefused(String key) {
    assertThat(two.parse(key)).isEmpty();
  }

  private static Span span(String topic, int partition) {
    return Span.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setRuns(Runs.encode(List.of(new Run(0, 0))))
        .setCount(1)
        .build();
  }
}
