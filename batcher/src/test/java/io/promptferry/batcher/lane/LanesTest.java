package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LanesTest {

  @Test
  void theKeyTellsModelAccountAndKind() {
    Lane lane = new Lane("gemini-2.5-flash", "default", LaneKind.RETRY, Map.of());
    assertThat(Lanes.name(lane)).isEqualTo("gemini-2.5-flash|default|RETRY");
    assertThat(Lanes.key(lane)).asString().isEqualTo("gemini-2.5-flash|default|RETRY");
  }
}
