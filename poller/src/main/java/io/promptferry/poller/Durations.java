package io.promptferry.poller;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long jobs took that succeeded, by model and size (requests in powers of ten). Others end
 * early or expire, and tell nothing of those that succeed.
 */
final class Durations {

  static final int PER_KIND = 200;
  static final int KINDS = 500;

  /** Fewer say nothing of a ninth tenth, and little of a half. */
  static final int ENOUGH = 3;

  /** What half of the jobs of a kind took at most, and nine in ten. */
  record Usual(Duration median, Duration ninety) {}

  private record Kind(String model, int digits) {
    static Kind of(Job submission) {
      return new Kind(
          submission.getBatch().getLane().getModel(),
          Integer.toString(submission.getBatch().getCount()).length());
    }
  }

  private final Map<Kind, Map<String, Duration>> kinds = new Bounded<>(KINDS);

  /** Takes note of a last state; of a batch that is told twice, once. Others are passed over. */
  void add(JobState state) {
    Job submission = state.getSubmission();
    if (submission == null
        || state.getEndedAt() == null
        || !Observation.WITH_RESULTS.contains(state.getState())) {
      return;
    }
    Duration took = Duration.between(submission.getAt(), state.getEndedAt());
    if (!took.isNegative()) {
      kinds
          .computeIfAbsent(Kind.of(submission), kind -> new Bounded<>(PER_KIND))
          .put(state.getBatchId(), took);
    }
  }

  /** What is usual for such a job; null as long as too few have ended. */
  @Nullable Usual usual(Job submission) {
    Map<String, Duration> known = kinds.getOrDefault(Kind.of(submission), Map.of());
    if (known.size() < ENOUGH) {
      return null;
    }
    List<Duration> sorted = known.values().stream().sorted().toList();
    return new Usual(percentile(sorted, 50), percentile(sorted, 90));
  }

  private static Duration percentile(List<Duration> sorted, int percent) {
    return sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }
}
