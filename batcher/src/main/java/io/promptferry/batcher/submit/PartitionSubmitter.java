package io.promptferry.batcher.submit;

import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.batcher.submit.SubmitMetrics.Load;
import io.promptferry.records.Batch;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.log.LogScope;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition that are not finished: tries the most urgent of those that need not
 * wait, one attempt at a time.
 */
final class PartitionSubmitter implements AutoCloseable {

  /** Makes the submission of a batch. */
  interface Factory {
    Submission begin(ConsumerRecord<byte[], Batch> record);
  }

  private static final class Entry {
    private final Submission submission;
    private Attempt.@Nullable Wait wait;

    Entry(Submission submission) {
      this.submission = submission;
    }

    Instant eligible() {
      return wait == null ? Instant.MIN : wait.until();
    }

    Instant openedAt() {
      return submission.batch().getOpenedAt();
    }
  }

  private final int partition;
  private final Factory factory;
  private final EarlierJobs earlier;
  private final JobLog log;
  private final Progress progress;
  private final SubmitMetrics metrics;
  private final Urgency urgency;
  private final Clock clock;
  private final List<Entry> entries = new ArrayList<>();

  PartitionSubmitter(
      int partition,
      Factory factory,
      EarlierJobs earlier,
      JobLog log,
      Progress progress,
      SubmitMetrics metrics,
      Urgency urgency,
      Clock clock) {
    this.partition = partition;
    this.factory = factory;
    this.earlier = earlier;
    this.log = log;
    this.progress = progress;
    this.metrics = metrics;
    this.urgency = urgency;
    this.clock = clock;
  }

  /** Takes a batch on, in the order of the topic; one that was finished in an earlier life ends. */
  void add(ConsumerRecord<byte[], Batch> record) {
    progress.begin(record.offset());
    if (earlier.isFinished(record.value().getBatchId())) {
      log.finish(record.offset());
    } else {
      metrics.sees(record.value().getLane());
      entries.add(new Entry(factory.begin(record)));
    }
    tell();
  }

  int pending() {
    return entries.size();
  }

  /**
   * One attempt at the most urgent batch that is eligible.
   *
   * @return how long there is nothing to do for those that are here; zero after an attempt, empty
   *     where there are none
   */
  Optional<Duration> attempt() throws IOException {
    Instant now = clock.instant();
    Optional<Entry> urgent =
        entries.stream()
            .filter(entry -> !entry.eligible().isAfter(now))
            .min(Comparator.comparing(entry -> entry.submission.batch(), urgency.order(now)));
    if (urgent.isPresent()) {
      advance(urgent.get());
      return Optional.of(Duration.ZERO);
    }
    return entries.stream()
        .map(Entry::eligible)
        .min(Comparator.naturalOrder())
        .map(until -> Duration.between(now, until));
  }

  @SuppressWarnings("try") // A scope does its work by being open.
  private void advance(Entry entry) throws IOException {
    Attempt attempt;
    try (var scope = LogScope.ofBatch(entry.submission.batch().getBatchId(), null)) {
      attempt = entry.submission.attempt();
    }
    if (attempt instanceof Attempt.Wait wait) {
      entry.wait = wait;
    } else {
      entries.remove(entry);
    }
    tell();
  }

  private void tell() {
    Map<Reason, Integer> waiting = new EnumMap<>(Reason.class);
    Instant oldest = Instant.MAX;
    long prompts = 0;
    for (Entry entry : entries) {
      if (entry.wait != null) {
        waiting.merge(entry.wait.reason(), 1, Integer::sum);
      }
      oldest = entry.openedAt().isBefore(oldest) ? entry.openedAt() : oldest;
      prompts += entry.submission.batch().getCount();
    }
    metrics.holds(partition, new Load(entries.size(), prompts, waiting, oldest));
  }

  /** The partition is no longer ours, or this life of its worker has failed. */
  @Override
  public void close() {
    entries.forEach(entry -> entry.submission.drop());
    entries.clear();
    metrics.gone(partition);
  }
}
