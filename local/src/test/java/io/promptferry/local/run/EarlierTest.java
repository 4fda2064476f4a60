package io.promptferry.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.rows.Input;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierTest {

  @TempDir Path folder;

  @Test
  void whatIsTheSameGoesOnAndWhatIsNotIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "a\n");
    var earlier = new Earlier(Input.of(file.toString(), null), state("c", "t", "i", "p"));
    assertThat(earlier.differs(state("c", "t", "i", "p"))).isEmpty();
    assertThat(earlier.differs(state("d", "u", "j", "q")).orElseThrow())
        .isEqualTo(
            "run r of %s, begun at 2026-01-31T12:00:00Z, went to another cluster (c). --again forgets"
                    .formatted(file)
                + " it and sends all rows as a new run, those too that were sent before");
    assertThat(earlier.differs(state("c", "u", "j", "q")).orElseThrow())
        .contains(" went to the topic t: name it with --topic.");
    assertThat(earlier.differs(state("c", "t", "j", "q")).orElseThrow())
        .contains(" had other rows");
    assertThat(earlier.differs(state("c", "t", "i", "q")).orElseThrow())
        .contains(" had another prompt");
  }

  @Test
  void answersAreSoughtInTheClusterThatTheRowsWentTo() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "a\n");
    var earlier = new Earlier(Input.of(file.toString(), null), state("c", "t", "i", "p"));
    assertThat(earlier.elsewhere("c")).isEmpty();
    assertThat(earlier.elsewhere("d").orElseThrow())
        .endsWith(" went to another cluster (c): name that one with --bootstrap");
  }

  private static RunState state(String cluster, String topic, String input, String prompts) {
    return new RunState(
        "r", cluster, topic, Map.of(), "2026-01-31T12:00:00Z", input, prompts, 0, 0, false);
  }
}
