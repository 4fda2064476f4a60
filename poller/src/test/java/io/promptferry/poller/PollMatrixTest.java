package io.promptferry.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Cell.Row;
import io.promptferry.simulator.gate.Event;
import io.promptferry.simulator.gate.GateCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A crash, a pause and a network fault at every point of every call that watching makes, over HTTP
 * with the real adapter: no batch is lost, and each owner reports its end once at most.
 */
class PollMatrixTest {

  static Stream<Cell<Watch>> cells() {
    return Cell.of(
        List.of(
            new Row<>(
                "list, first page", GateCall.LIST_FIRST_PAGE, 1, (gate, watch) -> watch.ended(5)),
            new Row<>(
                "list, later page", GateCall.LIST_LATER_PAGE, 1, (gate, watch) -> watch.ended(5)),
            new Row<>("get", GateCall.GET, 1, (gate, watch) -> watch.ended(1)),
            new Row<>("cancel", GateCall.CANCEL, 1, (gate, watch) -> watch.stuck())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void everyBatchHasOneEnd(Cell<Watch> cell, @TempDir Path folder)
      throws IOException, InterruptedException {
    String end = cell.row().call() == GateCall.CANCEL ? "CANCELLED" : "SUCCEEDED";
    try (var watch = new Watch(folder)) {
      watch.through(cell);
      for (Job job : watch.jobs) {
        String id = job.getBatch().getBatchId();
        List<List<String>> ends = watch.ends(id);
        assertThat(ends).allSatisfy(own -> assertThat(own).hasSizeLessThanOrEqualTo(1));
        if (cell.event() != Event.PAUSE) {
          assertThat(ends.stream().flatMap(List::stream)).hasSize(1);
        }
        assertThat(watch.written)
            .filteredOn(state -> state.getTerminal() && state.getBatchId().equals(id))
            .extracting(JobState::getState)
            .containsOnly(end);
      }
    }
  }
}
