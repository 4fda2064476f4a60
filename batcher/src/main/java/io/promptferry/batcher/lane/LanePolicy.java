package io.promptferry.batcher.lane;

import io.promptferry.records.Slice;
import java.time.Instant;

/** What holds for the batches of a lane. */
public record LanePolicy(BatchLimits limits, Schedule schedule) {

  /**
   * Whether a slice may go into a batch now. Its own {@code notBefore} counts first; after that a
   * deadline that comes near beats the schedule.
   *
   * @param since from when on moments of the schedule count for it: when it came
   */
  public Admission admit(Slice slice, Instant since, Instant now) {
    Instant notBefore = slice.getNotBefore();
    if (notBefore != null && notBefore.isAfter(now)) {
      return new Admission.Later(notBefore);
    }
    // A moment that passed before it was due was not its own.
    boolean held = notBefore != null && notBefore.isAfter(since);
    Admission scheduled = schedule.admit(held ? notBefore.minusMillis(1) : since, now);
    Instant deadline = slice.getDeadline();
    if (deadline != null && scheduled instanceof Admission.Later later) {
      Instant latest = limits.latestClosing(deadline);
      if (!latest.isAfter(now)) {
        return new Admission.Now(null);
      }
      return latest.isBefore(later.until()) ? new Admission.Later(latest) : later;
    }
    return scheduled;
  }
}
