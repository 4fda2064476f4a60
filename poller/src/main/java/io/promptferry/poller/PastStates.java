package io.promptferry.poller;

import io.promptferry.records.JobState;
import java.time.Instant;
import java.util.function.Consumer;

/** The states that were written before. */
interface PastStates {

  /** Hands over all of a partition that were written since then, oldest first. */
  void read(int partition, Instant since, Consumer<JobState> states);
}
