package io.promptferry.batcher.submit;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The jobs that occupy the provider, of all instances, as the topics tell. Read by all workers.
 *
 * <p>The two topics are not read in step, so an end may be seen before its beginning: the last ends
 * are remembered.
 */
final class OpenJobs {

  /**
   * A job expires after 48 hours. One that is older than this has ended, even where its end was
   * removed from its topic before its beginning was.
   */
  static final Duration LONGEST = Duration.ofDays(3);

  private static final int ENDS_REMEMBERED = 20_000;

  /**
   * What a batch occupies.
   *
   * @param model without {@code models/} before it
   * @param bytes an upper bound of its file
   */
  record Load(String account, String model, long tokens, long bytes, Instant since) {

    static Load of(Batch batch, Instant since) {
      return new Load(
          batch.getLane().getAccount(),
          modelName(batch.getLane().getModel()),
          batch.getTokens(),
          batch.getBytes(),
          since);
    }
  }

  static String modelName(String model) {
    return model.startsWith("models/") ? model.substring("models/".length()) : model;
  }

  private final Map<String, Load> open = new HashMap<>();
  private final Set<String> ended =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > ENDS_REMEMBERED;
            }
          });
  private boolean known;

  /** Forgets everything: a reader begins. */
  synchronized void restart() {
    open.clear();
    ended.clear();
    known = false;
  }

  /** The reader has reached the end of both topics. */
  synchronized void caughtUp() {
    known = true;
  }

  /** Whether what is in use is known; before that nobody may create. */
  synchronized boolean known() {
    return known;
  }

  synchronized void add(Job job) {
    String id = job.getBatch().getBatchId();
    if (job.getPhase() == JobPhase.SUBMITTED && !ended.contains(id)) {
      open.put(id, Load.of(job.getBatch(), job.getAt()));
    }
  }

  synchronized void add(JobState state) {
    if (state.getTerminal()) {
      open.remove(state.getBatchId());
      ended.add(state.getBatchId());
    }
  }

  /** Drops what must have ended. */
  synchronized void expire(Instant now) {
    open.values().removeIf(load -> load.since().plus(LONGEST).isBefore(now));
  }

  /** By batch id. */
  synchronized Map<String, Load> all() {
    return Map.copyOf(open);
  }
}
