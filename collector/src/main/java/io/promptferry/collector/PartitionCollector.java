package io.promptferry.collector;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Lane;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.trace.BatchSpan;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition that are collected at a time: a chunk of one, a chunk of the next,
 * so that a large one holds up no other, nor one whose results do not come.
 */
final class PartitionCollector implements Closeable {

  /** What a collection needs and gives. */
  interface Means {

    /** Begins to fetch the results; null where the job left none. */
    @Nullable Fetch fetch(JobState state);

    /**
     * Opens a batch.
     *
     * @param fetch ended; null where the job left no results
     */
    OpenCollection open(EndedBatch batch, @Nullable Fetch fetch) throws IOException;

    /** Writes a chunk and commits an offset with it. */
    Collection.ChunkWriter writer(long offset);

    /** Commits that everything before this offset is done with. */
    void commit(long offset);

    /** All of a batch is written and committed. */
    void settled(EndedBatch batch, Receipt receipt, OpenCollection collection);
  }

  /** How soon to look again whether results have come. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final class Entry {
    private final long offset;
    private final EndedBatch batch;
    private final @Nullable Fetch fetch;
    private final BatchSpan span;
    private @Nullable OpenCollection open;

    Entry(long offset, EndedBatch batch, @Nullable Fetch fetch, BatchSpan span) {
      this.offset = offset;
      this.batch = batch;
      this.fetch = fetch;
      this.span = span;
    }

    boolean isReady() {
      return open != null || fetch == null || fetch.done();
    }

    /** Also gives the results' room on the disk back. */
    void close() throws IOException {
      if (open != null) {
        open.close();
      }
      if (fetch != null) {
        fetch.cancel();
      }
    }
  }

  private final Means means;
  private final Receipts receipts;
  private final Progress progress;
  private final List<Entry> entries = new ArrayList<>();
  private int turn;
  private long committed = -1;

  PartitionCollector(Means means, Receipts receipts, Progress progress) {
    this.means = means;
    this.receipts = receipts;
    this.progress = progress;
  }

  /** How many batches are being collected. */
  int open() {
    return entries.size();
  }

  /** The prompts of these, and since when the oldest of them are on their way. */
  CollectMetrics.Load load() {
    long prompts = 0;
    Instant oldest = Instant.MAX;
    for (Entry entry : entries) {
      prompts += entry.batch.batch().getCount();
      Instant opened = entry.batch.batch().getOpenedAt();
      oldest = opened.isBefore(oldest) ? opened : oldest;
    }
    return new CollectMetrics.Load(prompts, oldest);
  }

  /** Takes a state on, in the order of the topic; one that ends nothing is done with at once. */
  @SuppressWarnings("try") // A scope does its work by being open.
  void add(ConsumerRecord<byte[], JobState> record) {
    progress.begin(record.offset());
    JobState state = record.value();
    Job submission = state.getSubmission();
    // A second end of a batch does nothing, whether the first is behind us or under way.
    boolean known =
        receipts.isSettled(state.getBatchId())
            || entries.stream().anyMatch(entry -> entry.batch.id().equals(state.getBatchId()));
    if (submission == null || known) {
      progress.finish(record.offset());
      return;
    }
    var batch = new EndedBatch(state, submission, receipts.open(state.getBatchId()));
    BatchSpan span = span(batch);
    try (var scope = scope(batch);
        var current = span.current()) {
      entries.add(new Entry(record.offset(), batch, means.fetch(state), span));
    }
  }

  private static BatchSpan span(EndedBatch batch) {
    Lane lane = batch.batch().getLane();
    return BatchSpan.begin(
            "collect batch",
            new BatchSpan.About(
                batch.id(), lane.getAccount(), lane.getModel(), batch.batch().getCount()))
        .job(batch.state().getJob());
  }

  private static LogScope scope(EndedBatch batch) {
    return LogScope.ofBatch(batch.id(), batch.state().getJob());
  }

  /**
   * Writes one chunk of the next batch that has results.
   *
   * @return how long there is nothing to do for those that are here; zero after a chunk, empty
   *     where there are none
   */
  @SuppressWarnings("try") // A scope does its work by being open.
  Optional<Duration> step() throws IOException {
    for (int i = 0; i < entries.size(); i++) {
      int place = (turn + i) % entries.size();
      Entry entry = entries.get(place);
      if (entry.isReady()) {
        turn = place + 1;
        try (var scope = scope(entry.batch);
            var current = entry.span.current()) {
          advance(entry);
        }
        return Optional.of(Duration.ZERO);
      }
    }
    if (progress.committable() > committed) {
      commit(progress.committable());
    }
    return entries.isEmpty() ? Optional.empty() : Optional.of(LOOK_AGAIN);
  }

  private void commit(long offset) {
    means.commit(offset);
    committed = offset;
  }

  private void advance(Entry entry) throws IOException {
    OpenCollection open = entry.open;
    if (open == null) {
      open = means.open(entry.batch, entry.fetch);
      entry.open = open;
    }
    Receipt receipt = open.collection().step(means.writer(entry.offset));
    committed = progress.committable();
    if (receipt.getSettled()) {
      progress.finish(entry.offset);
      committed = progress.committable();
      entries.remove(entry);
      entry.close();
      means.settled(entry.batch, receipt, open);
      tell(entry.span, receipt.getTotals());
    }
  }

  private static void tell(BatchSpan span, Totals totals) {
    span.prompts("succeeded", totals.getSucceeded())
        .prompts("failed", totals.getFailed())
        .prompts("retried", totals.getRetried())
        .prompts("vanished", totals.getVanished())
        .outcome("settled")
        .close();
  }

  /** The partition is no longer ours, or this life of its worker has failed. */
  @Override
  @SuppressWarnings("try") // A scope does its work by being open.
  public void close() throws IOException {
    for (Entry entry : entries) {
      try (var scope = scope(entry.batch)) {
        entry.close();
      } finally {
        entry.span.failed("interrupted").close();
      }
    }
    entries.clear();
  }
}
