package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.records.Attempt;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import java.time.Instant;
import java.util.Optional;

/** When a batch is closed: pure functions of its counters, a slice and the time. */
record SealRules(BatchLimits limits) {

  /** What a span's names, counters and framing take in a record beside its runs; generous. */
  private static final int SPAN_FRAME_BYTES = 64;

  /** The same for an attempt in a span's history, beside its names. */
  private static final int ATTEMPT_FRAME_BYTES = 32;

  /**
   * The limit that the batch would break if it took the slice, so that it must be closed first; for
   * its spans, so that they must be merged first.
   */
  Optional<SealReason> overflow(OpenBatch batch, Slice slice) {
    return beyond(
        batch.getCount() + (long) slice.getSpan().getCount(),
        batch.getBytes() + slice.getBytes(),
        batch.getTokens() + slice.getTokens(),
        batch.getSpanBytes() + spanBytes(slice));
  }

  /**
   * The same for a batch whose spans have just been merged. Where that made little room it is
   * closed: every further slice would have them merged anew.
   */
  Optional<SealReason> overflowMerged(OpenBatch batch, Slice slice) {
    return batch.getSpanBytes() > limits.spanBytes() * 3L / 4
        ? Optional.of(SealReason.SPAN_BYTES)
        : overflow(batch, slice);
  }

  /** The limit that the slice breaks even in a batch of its own. */
  Optional<SealReason> oversized(Slice slice) {
    return beyond(
        slice.getSpan().getCount(), slice.getBytes(), slice.getTokens(), spanBytes(slice));
  }

  /**
   * The reason to close the batch after it took a slice: a limit reached exactly, or the slice's
   * own wish. Of span bytes only a slice too large by itself: others may still merge.
   */
  Optional<SealReason> reached(OpenBatch batch, Slice slice) {
    return first(
            batch.getCount() >= limits.requests(),
            batch.getBytes() >= limits.bytes(),
            batch.getTokens() >= limits.tokens(),
            batch.getSpanBytes() > limits.spanBytes())
        .or(() -> slice.getSealAtOnce() ? Optional.of(SealReason.AT_ONCE) : Optional.empty());
  }

  /**
   * The reason to close the batch because of the time.
   *
   * @param released what was parked until this moment has been released. A window's end waits for
   *     that, so that what comes out by and by is not closed in small batches
   */
  Optional<SealReason> due(OpenBatch batch, Instant now, Instant released) {
    Instant deadline = batch.getDeadline();
    if (deadline != null && !now.isBefore(limits.latestClosing(deadline))) {
      return Optional.of(SealReason.DEADLINE);
    }
    Instant closesAt = batch.getClosesAt();
    if (closesAt != null && !released.isBefore(closesAt)) {
      return Optional.of(SealReason.SCHEDULE);
    }
    if (!now.isBefore(batch.getOpenedAt().plus(limits.linger()))) {
      return Optional.of(SealReason.LINGER);
    }
    return Optional.empty();
  }

  /** How full the batch is by the fullest of requests, bytes and tokens, from 0 to 1. */
  double fill(OpenBatch batch) {
    double requests = (double) batch.getCount() / limits.requests();
    double bytes = (double) batch.getBytes() / limits.bytes();
    double tokens = (double) batch.getTokens() / limits.tokens();
    return Math.min(1, Math.max(requests, Math.max(bytes, tokens)));
  }

  /**
   * What the slice's span takes in a record at most. A sum over slices bounds their merged spans as
   * well: one frame for all of a place, and runs whose numbers are smaller or which became one.
   */
  static int spanBytes(Slice slice) {
    return slice.getSpan().getRuns().remaining()
        + slice.getSpan().getTopic().length()
        + slice.getSpan().getTopicId().length()
        + SPAN_FRAME_BYTES
        + slice.getSpan().getHistory().stream().mapToInt(SealRules::attemptBytes).sum();
  }

  private static int attemptBytes(Attempt attempt) {
    int job = attempt.getJob() == null ? 0 : attempt.getJob().length();
    return attempt.getBatchId().length() + job + attempt.getReason().length() + ATTEMPT_FRAME_BYTES;
  }

  private Optional<SealReason> beyond(long requests, long bytes, long tokens, long spanBytes) {
    return first(
        requests > limits.requests(),
        bytes > limits.bytes(),
        tokens > limits.tokens(),
        spanBytes > limits.spanBytes());
  }

  private static Optional<SealReason> first(
      boolean requests, boolean bytes, boolean tokens, boolean spanBytes) {
    if (requests) {
      return Optional.of(SealReason.REQUESTS);
    }
    if (bytes) {
      return Optional.of(SealReason.BYTES);
    }
    if (tokens) {
      return Optional.of(SealReason.TOKENS);
    }
    return spanBytes ? Optional.of(SealReason.SPAN_BYTES) : Optional.empty();
  }
}
