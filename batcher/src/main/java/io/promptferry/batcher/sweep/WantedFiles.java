package io.promptferry.batcher.sweep;

import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The input files that open jobs and intents name, as the topics tell. Every file that was ever
 * named for a batch counts until the batch has ended, in whatever order the topics are read.
 */
final class WantedFiles {

  private final Map<String, String> batchOfFile = new HashMap<>();
  private final Set<String> ended = new HashSet<>();

  void add(Job job) {
    String batchId = job.getBatch().getBatchId();
    if (job.getFile() != null) {
      batchOfFile.put(job.getFile(), batchId);
    }
    if (job.getPhase() == JobPhase.REFUSED) {
      ended.add(batchId);
    }
  }

  void add(JobState state) {
    if (state.getTerminal()) {
      ended.add(state.getBatchId());
    }
  }

  /** Whether a job may still read the file. */
  boolean contains(String file) {
    String batchId = batchOfFile.get(file);
    return batchId != null && !ended.contains(batchId);
  }
}
