package io.promptferry.local.demo;

import io.promptferry.records.SealReason;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the pipeline has come.
 *
 * @param prompts how many are to be published
 * @param published prompts that the broker has
 * @param batches sealed, by the reason
 * @param jobs by their latest state
 * @param answers records on response topics
 * @param settled batches of which every prompt has been dealt with
 * @param underWay batches whose jobs have not ended
 */
record Progress(
    int prompts,
    int published,
    SortedMap<SealReason, Integer> batches,
    SortedMap<String, Integer> jobs,
    long answers,
    int settled,
    UnderWay underWay) {

  Progress {
    batches = Collections.unmodifiableSortedMap(new TreeMap<>(batches));
    jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
  }

  int sealed() {
    return sum(batches);
  }

  /** Jobs of which a state was seen. */
  int seen() {
    return sum(jobs);
  }

  /** Whether as many answers as prompts are there and no batch has more to come. */
  boolean complete() {
    return published == prompts && answers >= prompts && sealed() > 0 && settled >= sealed();
  }

  private static int sum(Map<?, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
