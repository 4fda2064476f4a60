package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.PromptResponse;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Cell.Row;
import io.promptferry.simulator.gate.GateCall;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A crash, a pause and a network fault at every point of every call that collecting makes, over
 * HTTP with the real adapter: every prompt has one answer for whoever reads committed records.
 */
class CollectMatrixTest extends CollectionBench {

  static Stream<Cell<Landing>> cells() {
    return Cell.of(
        List.of(
            new Row<>("download", GateCall.DOWNLOAD, 1),
            // Only its beginning arrives.
            new Row<>(
                "download after one that broke off",
                GateCall.DOWNLOAD,
                2,
                (gate, landing) ->
                    gate.at(
                        GateCall.DOWNLOAD,
                        1,
                        passage -> {
                          passage.forward();
                          passage.reply(300);
                        })),
            new Row<>("delete input", GateCall.FILE_DELETE, 1),
            new Row<>("delete result", GateCall.FILE_DELETE, 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void everyPromptHasOneAnswer(Cell<Landing> cell) throws IOException, InterruptedException {
    try (var landing = new Landing(this)) {
      landing.through(cell);
      assertThat(landing.finished()).isTrue();
      assertThat(landing.answers())
          .extracting(PromptResponse::getId)
          .containsExactly(
              "prompts-0-0", "prompts-0-1", "prompts-0-2", "prompts-0-3", "prompts-0-4");
      assertThat(landing.answers()).allSatisfy(answer -> assertThat(answer.getError()).isNull());
    }
  }
}
