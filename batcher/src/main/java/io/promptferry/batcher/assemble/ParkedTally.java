package io.promptferry.batcher.assemble;

import io.promptferry.batcher.assemble.ParkedSlices.Parked;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;

/** How much is parked, what for and since when, without a look into the store. */
final class ParkedTally {

  /**
   * What waits.
   *
   * @param retries slices that wait for their own time
   * @param scheduled slices that wait for their lane's window
   * @param prompts prompts in both
   * @param oldestSeconds how long ago the first of them came, up to a minute more; 0 where there is
   *     none
   */
  record Load(long retries, long scheduled, long prompts, double oldestSeconds) {}

  private long retries;
  private long scheduled;
  private long prompts;

  /** How many came in each minute, since slices do not leave in the order in which they came. */
  private final TreeMap<Instant, Integer> arrivals = new TreeMap<>();

  void add(Parked parked) {
    count(parked, 1);
  }

  void remove(Parked parked) {
    count(parked, -1);
  }

  boolean isEmpty() {
    return arrivals.isEmpty();
  }

  Load load(Instant now) {
    double oldest = isEmpty() ? 0 : Duration.between(arrivals.firstKey(), now).toMillis() / 1000.0;
    return new Load(retries, scheduled, prompts, Math.max(0, oldest));
  }

  private void count(Parked parked, int sign) {
    if (parked.isBackingOff()) {
      retries += sign;
    } else {
      scheduled += sign;
    }
    prompts += (long) sign * parked.slice().getSpan().getCount();
    arrivals.merge(
        parked.came().truncatedTo(ChronoUnit.MINUTES),
        sign,
        (before, more) -> before + more == 0 ? null : before + more);
  }
}
