package io.promptferry.poller;

import io.promptferry.records.Job;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells a job that is gone from one that this key cannot see, which the provider answers alike.
 *
 * <p>A key sees the jobs of its own project. So where a job of an account has been seen with the
 * present key, the jobs that the account made later are of the same project: an account that was
 * moved to another project was moved before. Older jobs prove nothing, nor does a list that
 * succeeds: any key's does.
 */
final class Visibility {

  private final Map<String, Instant> oldestSeen = new HashMap<>(); // By account, so few.

  /** Takes note that the job was shown to the present key. */
  void saw(Job job) {
    oldestSeen.merge(account(job), job.getAt(), (a, b) -> a.isBefore(b) ? a : b);
  }

  /** Whether the present key would see the job if it existed. */
  boolean covers(Job job) {
    Instant oldest = oldestSeen.get(account(job));
    return oldest != null && !job.getAt().isBefore(oldest);
  }

  private static String account(Job job) {
    return job.getBatch().getLane().getAccount();
  }
}
