package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.records.Job;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a job that is gone from one that an account's key cannot see, which the provider answers
 * alike.
 *
 * <p>A key belongs to one project and sees its jobs. So it sees all jobs that it made itself, and
 * where it is shown one that another key made, both are of the same project, and it sees all that
 * the other made. When a job was made proves nothing: an account may go to another project and come
 * back. Nor does a list that succeeds: any key's does.
 */
final class Visibility {

  private @Nullable BatchProvider with;
  private final Set<String> keys = new HashSet<>();

  /** Takes note which key the next answer is for; what another one saw proves nothing. */
  void with(BatchProvider provider) {
    if (with != provider) {
      with = provider;
      keys.clear();
      keys.add(provider.keyId());
    }
  }

  /** Takes note that the job was shown to the present key. */
  void saw(Job job) {
    keys.add(job.getKey());
  }

  /** Whether the present key would see the job if it existed. */
  boolean covers(Job job) {
    return !job.getKey().isEmpty() && keys.contains(job.getKey());
  }
}
