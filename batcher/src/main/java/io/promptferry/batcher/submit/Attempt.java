package io.promptferry.batcher.submit;

import java.time.Instant;

/** What came of one attempt at a batch. */
sealed interface Attempt {

  /** There is a job, or the record that there will be none. */
  record Finished() implements Attempt {}

  /** Nothing can be done before then. */
  record Wait(Instant until, Reason reason) implements Attempt {}

  /** What a batch waits for. */
  enum Reason {
    /** The instance has not yet read how much is in use. */
    STARTING,
    /** capacity.jobs.max. */
    JOBS,
    /** capacity.tier or capacity.tokens.max. */
    TOKENS,
    /** capacity.storage.max.bytes. */
    STORAGE,
    /** 429: this model of the account takes no more at present. */
    BUSY,
    /** A call of this batch failed and is made again. */
    FAILED,
    /** A job may exist, and absence is not yet believed. */
    DOUBT,
    /** The account or the model refuses us. */
    STOPPED
  }
}
