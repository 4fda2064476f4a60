package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LanesTest {

  private static String name(Map<String, String> labels) {
    return Lanes.name(new Lane("m", "default", LaneKind.NORMAL, labels));
  }

  @Test
  void theKeyTellsModelAccountAndKind() {
    Lane lane = new Lane("gemini-2.5-flash", "default", LaneKind.RETRY, Map.of());
    assertThat(Lanes.name(lane)).isEqualTo("gemini-2.5-flash|default|RETRY");
    assertThat(Lanes.key(lane)).asString().isEqualTo("gemini-2.5-flash|default|RETRY");
  }

  @Test
  void labelsFollowByNameWhateverTheirOrder() {
    assertThat(name(Map.of("tenant", "acme", "centre", "7")))
        .isEqualTo("m|default|NORMAL|centre=7|tenant=acme");
  }

  @Test
  void noTwoLanesHaveOneKey() {
    assertThat(
            List.of(
                name(Map.of("a", "b|c=d")),
                name(Map.of("a", "b", "c", "d")),
                name(Map.of("a", "b%7Cc%3Dd")),
                name(Map.of("a", "b c")),
                name(Map.of("a", "b+c")),
                name(Map.of("a", "世")),
                name(Map.of("a", ""))))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("\\p{Graph}+"));
  }
}
