package io.promptferry.simulator.faults;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;

/** A fault and how far it has got. */
final class Armed {
  private final Fault fault;
  private long seen;
  private long fired;

  Armed(Fault fault) {
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }

  boolean fits(Point point, String subject) {
    return fault.call() == point && subject.contains(fault.match());
  }

  /** Whether it strikes the next that it fits, by the number of those it has seen. */
  synchronized boolean strikes() {
    return strikes(seen);
  }

  /**
   * Whether it strikes the next that it fits.
   *
   * @param draw what chance depends on besides the seed
   */
  synchronized boolean strikes(long draw) {
    seen++;
    if (seen <= fault.skip() || (fault.times() != null && fired >= fault.times())) {
      return false;
    }
    if (fault.probability() < 1 && chance(draw) >= fault.probability()) {
      return false;
    }
    fired++;
    return true;
  }

  private double chance(long draw) {
    // A generator a draw, not one for all: what strikes one line cannot depend on how the threads
    // of other jobs are timed.
    long start = new SplittableRandom(fault.seed()).nextLong();
    return new SplittableRandom(start ^ (draw * 0x9e3779b97f4a7c15L)).nextDouble();
  }

  synchronized ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("call", fault.call().toString()).set("what", fault.what());
    json.put("times", fault.times()).put("skip", fault.skip());
    json.put("probability", fault.probability()).put("seed", fault.seed());
    return json.put("match", fault.match()).put("seen", seen).put("fired", fired);
  }
}
