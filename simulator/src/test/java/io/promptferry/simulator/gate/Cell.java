package io.promptferry.simulator.gate;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * One cell of a matrix: an event at a point of a call.
 *
 * @param row the call, and how it comes to be made
 */
public record Cell<W>(Row<W> row, Point point, Event event) {

  /**
   * A call by which all points and events are tried.
   *
   * @param nth which of its kind, from 1
   * @param prelude what leads to the call; it is given the gate and the world around
   */
  public record Row<W>(String name, GateCall call, int nth, BiConsumer<Gate, W> prelude) {

    /** A call that is made when nothing is wrong. */
    public Row(String name, GateCall call, int nth) {
      this(name, call, nth, (gate, world) -> {});
    }
  }

  /** Every event at every point of the calls. */
  public static <W> Stream<Cell<W>> of(List<Row<W>> rows) {
    return rows.stream()
        .flatMap(
            row ->
                Stream.of(Point.values())
                    .flatMap(
                        point ->
                            Stream.of(Event.values())
                                .map(event -> new Cell<>(row, point, event))
                                .filter(Cell::isPossible)));
  }

  private boolean isPossible() {
    return event != Event.UNAVAILABLE || point == Point.BEFORE_THE_REQUEST;
  }

  /** Whether the client has to run into its own time-out. */
  public boolean isTimeout() {
    return event == Event.FAULT && point == Point.BEFORE_THE_REPLY;
  }

  /**
   * Has it happen at the gate.
   *
   * @param stop where an instance that crashes or is paused stands still; releases a reply that
   *     comes too late
   */
  public void arm(Gate gate, W world, Stop stop) {
    row.prelude().accept(gate, world);
    gate.at(row.call(), row.nth(), passage -> take(passage, gate, stop));
  }

  private void take(Passage passage, Gate gate, Stop stop) throws InterruptedException {
    if (event == Event.UNAVAILABLE) {
      passage.answer(503);
      return;
    }
    if (point == Point.BEFORE_THE_REQUEST) {
      if (event.hasSuccessor()) {
        stop.stand();
      }
      if (event == Event.PAUSE) {
        passage.forward();
        passage.reply();
      } else {
        passage.drop();
      }
      return;
    }
    passage.forward();
    if (point == Point.BEFORE_THE_REPLY) {
      stop.stand();
      if (event == Event.PAUSE) {
        passage.reply();
        return;
      }
    } else if (event.hasSuccessor()) {
      // It notices the loss, and gets as far as its next request.
      gate.atNextRequest(stop::stand);
    }
    passage.drop();
  }

  @Override
  public String toString() {
    return row.name() + ", " + point + ": " + event;
  }
}
