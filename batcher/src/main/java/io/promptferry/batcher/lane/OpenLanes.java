package io.promptferry.batcher.lane;

import io.promptferry.records.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** The lanes that had a prompt lately, so many at a time. For one thread. */
final class OpenLanes {

  private record Due(Instant at, Lane lane) {}

  private final int max;
  private final Map<Lane, Instant> until = new HashMap<>();

  /** One entry for each lane; it may be due before the lane is, and is then put off. */
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at));

  OpenLanes(int max) {
    this.max = max;
  }

  /**
   * Opens a lane, or keeps it open.
   *
   * @param stay how long it stays open after this prompt
   * @return false when it is not open and as many as may be are
   */
  boolean admit(Lane lane, Duration stay, Instant now) {
    forget(now);
    if (until.replace(lane, now.plus(stay)) != null) {
      return true;
    }
    if (until.size() >= max) {
      return false;
    }
    until.put(lane, now.plus(stay));
    due.add(new Due(now.plus(stay), lane));
    return true;
  }

  /** How many are open, as of the last {@link #admit}. */
  int size() {
    return until.size();
  }

  private void forget(Instant now) {
    for (Due first = due.peek(); first != null && !first.at().isAfter(now); first = due.peek()) {
      due.remove();
      Instant end = until.getOrDefault(first.lane(), now);
      if (end.isAfter(now)) {
        due.add(new Due(end, first.lane()));
      } else {
        until.remove(first.lane());
      }
    }
  }
}
