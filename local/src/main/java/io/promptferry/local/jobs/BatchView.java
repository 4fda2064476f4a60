package io.promptferry.local.jobs;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.JobStats;
import io.promptferry.records.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A batch as the topics tell of it.
 *
 * @param batch its lane, sizes and times; without spans in a summary
 * @param intentAt when its job was first intended
 * @param job how far its submission came; empty while it waits for that
 * @param skipped prompts that are not in its job's file
 * @param states what was seen of its job, oldest first; only the last that counts in a summary
 * @param receipt how far its answers are written
 */
public record BatchView(
    Batch batch,
    Optional<Instant> intentAt,
    Optional<Job> job,
    int skipped,
    List<JobState> states,
    Optional<Receipt> receipt) {

  /** The state of a batch whose every prompt has been dealt with, in filters. */
  public static final String SETTLED = "SETTLED";

  /** The state of a batch that is closed and has no intent yet. */
  static final String SEALED = "SEALED";

  public BatchView {
    states = List.copyOf(states);
  }

  public String id() {
    return batch.getBatchId();
  }

  /** The provider's name of the job. */
  public Optional<String> jobName() {
    return job.map(Job::getJob).or(() -> receipt.map(Receipt::getJob));
  }

  /** The state that counts: nothing comes after a terminal one but what a late poller wrote. */
  public Optional<JobState> lastState() {
    return states.stream()
        .filter(JobState::getTerminal)
        .findFirst()
        .or(() -> states.stream().reduce((earlier, later) -> later));
  }

  /**
   * The provider's state of the job; before there is one SEALED (waits for submission), INTENT (its
   * job is being created), SUBMITTED (not looked at yet) or REFUSED.
   */
  public String state() {
    return lastState()
        .map(JobState::getState)
        .orElseGet(() -> job.map(Job::getPhase).map(JobPhase::name).orElse(SEALED));
  }

  /** Whether the job has ended, as recorded here. */
  public boolean ended() {
    return lastState().map(JobState::getTerminal).orElse(false);
  }

  /** Whether every prompt has been dealt with. */
  public boolean settled() {
    return receipt.map(Receipt::getSettled).orElse(false);
  }

  /** Whether it is in one of these states, {@link #SETTLED} among them; all upper case. */
  public boolean isIn(Set<String> wanted) {
    return wanted.contains(state().toUpperCase(Locale.ROOT))
        || (settled() && wanted.contains(SETTLED));
  }

  /** When its job was created; empty where there is none. */
  public Optional<Instant> submittedAt() {
    return job.filter(j -> j.getPhase() == JobPhase.SUBMITTED).map(Job::getAt);
  }

  /** The provider's count of requests, where it gave one. */
  public Optional<JobStats> stats() {
    return lastState().map(JobState::getStats);
  }

  /** When the job is expected to end; empty when it has, or nobody can tell. */
  public Optional<Instant> estimatedEnd() {
    return ended() ? Optional.empty() : lastState().map(JobState::getEstimatedEnd);
  }
}
