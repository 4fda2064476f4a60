package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.records.Job;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells a job that is gone from one that an account's key cannot see, which the provider answers
 * alike.
 *
 * <p>A key sees the jobs of its own project. So where a job of the account has been seen with the
 * present key, the jobs that the account made later are of the same project: an account that was
 * moved to another project was moved before. Older jobs prove nothing, nor does a list that
 * succeeds: any key's does.
 */
final class Visibility {

  private @Nullable BatchProvider with;
  private @Nullable Instant oldestSeen;

  /** Takes note which key the next answer is for; what another one saw proves nothing. */
  void with(BatchProvider provider) {
    if (with != provider) {
      with = provider;
      oldestSeen = null;
    }
  }

  /** Takes note that the job was shown to the present key. */
  void saw(Job job) {
    if (oldestSeen == null || job.getAt().isBefore(oldestSeen)) {
      oldestSeen = job.getAt();
    }
  }

  /** Whether the present key would see the job if it existed. */
  boolean covers(Job job) {
    return oldestSeen != null && !job.getAt().isBefore(oldestSeen);
  }
}
