package io.promptferry.batcher.submit;

import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a partition of the jobs topic tells of batches dealt with by others or in earlier lives. */
final class EarlierJobs {

  private final Map<String, Job> intents = new HashMap<>();
  private final Set<String> finished = new HashSet<>();

  void add(Job job) {
    String batchId = job.getBatch().getBatchId();
    if (job.getPhase() == JobPhase.INTENT) {
      intents.put(batchId, job);
    } else {
      intents.remove(batchId);
      finished.add(batchId);
    }
  }

  /** Whether the batch has a job, or never will. */
  boolean isFinished(String batchId) {
    return finished.contains(batchId);
  }

  /** The last intent of a batch that is not finished: a job of it may exist. */
  Optional<Job> intent(String batchId) {
    return finished.contains(batchId)
        ? Optional.empty()
        : Optional.ofNullable(intents.get(batchId));
  }
}
