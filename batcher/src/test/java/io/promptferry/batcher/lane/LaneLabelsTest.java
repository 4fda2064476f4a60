package io.promptferry.batcher.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneLabelsTest {

  private static final LaneLabels LABELS =
      LaneLabels.parse(
          "lane.by", List.of("header:tenant", "attribute:tenant", "attribute:cost.centre-1_x"));

  private static Headers headers(String... values) {
    var headers = new RecordHeaders();
    for (String value : values) {
      headers.add("tenant", value.getBytes(UTF_8));
    }
    return headers;
  }

  private static Optional<Map<String, String>> of(Headers headers, Map<String, String> attributes) {
    return LABELS.of(headers, attributes);
  }

  @Test
  void takesWhatIsNamedAndNothingElse() {
    Headers headers = headers("acme").add("other", new byte[] {-1});
    assertThat(of(headers, Map.of("cost.centre-1_x", "7", "year", "1790")))
        .contains(Map.of("tenant", "acme", "cost.centre-1_x", "7"));
  }

  @Test
  void thereMayBeNoLabel() {
    assertThat(of(headers(), Map.of())).contains(Map.of());
    assertThat(LaneLabels.parse("lane.by", List.of()).of(headers("acme"), Map.of("a", "b")))
        .contains(Map.of());
  }

  @Test
  void theFirstThatHasAValueCounts() {
    assertThat(of(headers("acme"), Map.of("tenant", "b"))).contains(Map.of("tenant", "acme"));
    assertThat(of(headers(), Map.of("tenant", "b"))).contains(Map.of("tenant", "b"));
    assertThat(of(headers(""), Map.of("tenant", "b"))).contains(Map.of("tenant", "b"));
    assertThat(of(headers().add("tenant", null), Map.of("tenant", "b")))
        .contains(Map.of("tenant", "b"));
    assertThat(of(headers(""), Map.of("tenant", ""))).contains(Map.of());
  }

  @Test
  void ofSeveralHeadersTheLastCountsAsItDoesInKafka() {
    assertThat(of(headers("first", "last"), Map.of())).contains(Map.of("tenant", "last"));
  }

  @Test
  void aHundredCharactersAreAValueAndMoreAreNone() {
    String most = "ß".repeat(100);
    assertThat(of(headers(most), Map.of())).contains(Map.of("tenant", most));
    assertThat(of(headers(most + "x"), Map.of())).isEmpty();
    assertThat(of(headers(), Map.of("tenant", most + "x"))).isEmpty();
    // One that counts is good; the other is not asked for.
    assertThat(of(headers("acme"), Map.of("tenant", most + "x")))
        .contains(Map.of("tenant", "acme"));
  }

  @Test
  void bytesThatAreNoTextAreNoValue() {
    assertThat(of(headers().add("tenant", new byte[] {'a', -1}), Map.of("tenant", "b"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenant",
        "header:",
        "header:a b",
        "header:größe",
        "Header:a",
        "query:a",
        "header:a:b",
        "attribute:0123456789012345678901234567890123456789012345678901",
        "header:model",
        "attribute:account",
        "header:kind"
      })
  void refusesWhatNamesNoLabel(String item) {
    assertThatThrownBy(() -> LaneLabels.parse("lane.by", List.of(item)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("lane.by")
        .hasMessageContaining(item);
  }

  @Test
  void tellsTheNames() {
    assertThat(LABELS.names()).containsExactlyInAnyOrder("tenant", "cost.centre-1_x");
  }
}
