package io.promptferry.local.jobs;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Folds the records of the inner topics into one view of each batch. The topics may come in any
 * order, the records of one topic and batch in theirs. Takes the records over: of a batch that is
 * not wanted whole, spans and earlier states are let go, so that many fit in memory.
 */
public final class BatchFold {

  private static final class Entry {
    private @Nullable Batch batch;
    private @Nullable Instant intentAt;
    private @Nullable Job job;
    private int skipped;
    private final List<JobState> states = new ArrayList<>();
    private @Nullable Receipt receipt;
  }

  private final BiPredicate<String, Optional<String>> whole;
  private final Map<String, Entry> entries = new HashMap<>();

  private BatchFold(BiPredicate<String, Optional<String>> whole) {
    this.whole = whole;
  }

  /** Keeps what fits a line of each batch. */
  public static BatchFold summaries() {
    return new BatchFold((batchId, job) -> false);
  }

  /** Keeps all of one batch, named by its id or its job, and summaries of the others. */
  public static BatchFold whole(String batchOrJob) {
    return new BatchFold((id, job) -> isNamed(batchOrJob, id, job));
  }

  /** Whether a batch is meant; a job may be named with or without {@code batches/}. */
  private static boolean isNamed(String name, String batchId, Optional<String> job) {
    return name.equals(batchId)
        || job.filter(j -> name.equals(j) || ("batches/" + name).equals(j)).isPresent();
  }

  public void add(Batch batch) {
    Entry entry = entry(batch.getBatchId());
    if (entry.batch == null) {
      entry.batch = slim(batch, Optional.empty());
    }
  }

  public void add(Job job) {
    Entry entry = entry(job.getBatch().getBatchId());
    if (job.getPhase() == JobPhase.INTENT) {
      entry.intentAt = entry.intentAt == null ? job.getAt() : entry.intentAt;
      if (entry.job != null && entry.job.getPhase() != JobPhase.INTENT) {
        return; // The job's record has been seen elsewhere already.
      }
    }
    Optional<String> name = Optional.ofNullable(job.getJob());
    entry.batch = slim(job.getBatch(), name);
    entry.skipped = job.getSkipped().size();
    if (!whole.test(job.getBatch().getBatchId(), name)) {
      job.setSkipped(List.of());
    }
    entry.job = job;
  }

  public void add(JobState state) {
    Entry entry = entry(state.getBatchId());
    if (state.getSubmission() != null && entry.job == null) {
      add(state.getSubmission());
    }
    state.setSubmission(null);
    if (!whole.test(state.getBatchId(), Optional.ofNullable(state.getJob()))) {
      if (entry.states.stream().anyMatch(JobState::getTerminal)) {
        return;
      }
      entry.states.clear();
    }
    entry.states.add(state);
  }

  public void add(Receipt receipt) {
    entry(receipt.getBatchId()).receipt = receipt;
  }

  /**
   * All batches whose beginning is known, in the order in which they were closed; those of which
   * only later records were read are left out.
   */
  public List<BatchView> views() {
    return entries.values().stream()
        .map(BatchFold::view)
        .flatMap(Optional::stream)
        .sorted(
            Comparator.comparing((BatchView view) -> view.batch().getSealedAt())
                .thenComparing(BatchView::id))
        .toList();
  }

  /** The batch of that id, or of that job. */
  public Optional<BatchView> find(String batchOrJob) {
    return views().stream()
        .filter(view -> isNamed(batchOrJob, view.id(), view.jobName()))
        .findFirst();
  }

  private static Optional<BatchView> view(Entry entry) {
    return Optional.ofNullable(entry.batch)
        .map(
            batch ->
                new BatchView(
                    batch,
                    Optional.ofNullable(entry.intentAt),
                    Optional.ofNullable(entry.job),
                    entry.skipped,
                    entry.states,
                    Optional.ofNullable(entry.receipt)));
  }

  private Batch slim(Batch batch, Optional<String> job) {
    if (!whole.test(batch.getBatchId(), job)) {
      batch.setSpans(List.of());
    }
    return batch;
  }

  private Entry entry(String batchId) {
    return entries.computeIfAbsent(batchId, id -> new Entry());
  }
}
