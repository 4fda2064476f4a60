package io.promptferry.local.trace;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch that holds a prompt, and what became of it. */
final class Ride {
  private final Coordinates prompt;
  private final Batch batch;
  private final int span;
  private @Nullable Job intent;
  private @Nullable Job job;
  private final List<JobState> states = new ArrayList<>();
  private @Nullable Receipt receipt;

  Ride(Coordinates prompt, Batch batch, int span) {
    this.prompt = prompt;
    this.batch = batch;
    this.span = span;
  }

  void add(Job next) {
    if (next.getPhase() != JobPhase.INTENT) {
      job = next;
    } else if (intent == null) {
      intent = next;
    }
  }

  void add(JobState state) {
    states.add(state);
  }

  void add(Receipt later) {
    receipt = later;
  }

  Coordinates prompt() {
    return prompt;
  }

  Batch batch() {
    return batch;
  }

  /** Which of the batch's spans holds the prompt. */
  int span() {
    return span;
  }

  int attempt() {
    return batch.getSpans().get(span).getAttempt();
  }

  Optional<Job> intent() {
    return Optional.ofNullable(intent);
  }

  /** SUBMITTED or REFUSED. */
  Optional<Job> job() {
    return Optional.ofNullable(job);
  }

  List<JobState> states() {
    return states;
  }

  /** The terminal state; the first, where a late poller wrote on. */
  Optional<JobState> end() {
    return states.stream().filter(JobState::getTerminal).findFirst();
  }

  Optional<Receipt> receipt() {
    return Optional.ofNullable(receipt);
  }

  boolean settled() {
    return receipt != null && receipt.getSettled();
  }
}
