package io.promptferry.poller;

import io.promptferry.records.JobState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was reported of a partition's jobs before it was ours. Holds the last state of each, without
 * its submission, until the job itself is read.
 */
final class Past {

  /** Beyond it the oldest are forgotten, and may be reported a second time. */
  private static final int MAX_JOBS = 100_000;

  private final Map<String, JobState> last = new Bounded<>(MAX_JOBS);

  /** Takes note of a state; the end of a job stands, whatever a paused writer says after it. */
  void add(JobState state) {
    JobState before = last.get(state.getBatchId());
    if (before == null || !before.getTerminal()) {
      state.setSubmission(null); // As large as all others together, and of no more use.
      last.put(state.getBatchId(), state);
    }
  }

  /** Gives out the last state of a batch's job, once; null where none was reported. */
  @Nullable JobState take(String batchId) {
    return last.remove(batchId);
  }
}
