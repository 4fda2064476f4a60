package io.promptferry.local.trace;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the topics tell of one prompt. Slices, batches and jobs may come in any order; states and
 * receipts after the batches that they are of. What does not concern the prompt is passed over.
 */
final class Trail {

  /** A slice that holds the prompt, and when it was written. */
  record Sliced(Instant at, Slice slice) {}

  private final Coordinates prompt;
  private final Optional<Instant> promptedAt;
  private final List<Sliced> slices = new ArrayList<>();
  private final Map<String, Ride> rides = new LinkedHashMap<>();
  private @Nullable DeadLetter deadLetter;
  private @Nullable Answer answer;

  /**
   * @param promptedAt empty where the prompt no longer stands in its topic
   */
  Trail(Coordinates prompt, Optional<Instant> promptedAt) {
    this.prompt = prompt;
    this.promptedAt = promptedAt;
  }

  void add(Slice slice, Instant at) {
    if (Membership.holds(slice.getSpan(), prompt)) {
      slices.add(new Sliced(at, slice));
    }
  }

  void add(Batch batch) {
    OptionalInt span = Membership.place(batch, prompt);
    if (span.isPresent()) {
      rides.computeIfAbsent(batch.getBatchId(), id -> new Ride(prompt, batch, span.getAsInt()));
    }
  }

  void add(Job job) {
    add(job.getBatch());
    Ride ride = rides.get(job.getBatch().getBatchId());
    if (ride == null) {
      return;
    }
    ride.add(job);
  }

  void add(JobState state) {
    Ride ride = rides.get(state.getBatchId());
    if (ride != null) {
      ride.add(state);
    }
  }

  void add(Receipt receipt) {
    Ride ride = rides.get(receipt.getBatchId());
    if (ride != null) {
      ride.add(receipt);
    }
  }

  void add(DeadLetter letter) {
    if (letter.prompt().equals(prompt)) {
      deadLetter = letter;
    }
  }

  void add(Answer found) {
    answer = found;
  }

  Coordinates prompt() {
    return prompt;
  }

  Optional<Instant> promptedAt() {
    return promptedAt;
  }

  Optional<DeadLetter> deadLetter() {
    return Optional.ofNullable(deadLetter);
  }

  Optional<Answer> answer() {
    return Optional.ofNullable(answer);
  }

  /** Oldest first. */
  List<Sliced> slices() {
    return slices.stream().sorted(Comparator.comparing(Sliced::at)).toList();
  }

  /** Oldest first. */
  List<Ride> rides() {
    return rides.values().stream()
        .sorted(Comparator.comparing(ride -> ride.batch().getSealedAt()))
        .toList();
  }

  Collection<String> batchIds() {
    return rides.keySet();
  }

  /**
   * The slice that no batch has taken yet. Each slice goes into exactly one batch, so the last one
   * waits as long as there are more slices than batches.
   */
  Optional<Sliced> waitingSlice() {
    List<Sliced> all = slices();
    return all.size() > rides.size() ? Optional.of(all.get(all.size() - 1)) : Optional.empty();
  }

  Optional<Ride> lastRide() {
    List<Ride> all = rides();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }
}
