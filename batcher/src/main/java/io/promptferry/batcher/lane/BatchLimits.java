package io.promptferry.batcher.lane;

import io.promptferry.records.SliceLimits;
import io.promptferry.request.PromptSize;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The limits of a batch. None is ever exceeded but by a batch of one slice that was made under
 * higher limits, or of one prompt that is sent again in a lane with lower ones; it would wait for
 * ever otherwise.
 *
 * <p>A batch is closed before the slice that would break a limit, and a slice is at most a
 * twentieth of a batch; so a batch that is closed by requests, bytes or tokens is at least 95 %
 * full. The exception: a prompt that is by itself larger than a twentieth is a slice of its own and
 * may find a batch that has nearly as much free as the prompt takes.
 *
 * @param requests prompts
 * @param bytes size of the input file
 * @param tokens estimated input tokens
 * @param spanBytes bytes that the list of spans takes in the batch's record
 * @param linger from the first slice to the closing of the batch
 * @param deadlineMargin how long before the earliest deadline the batch is closed
 */
public record BatchLimits(
    int requests,
    long bytes,
    long tokens,
    int spanBytes,
    Duration linger,
    Duration deadlineMargin) {

  public static final String MAX_REQUESTS = "batch.max.requests";
  public static final String MAX_BYTES = PromptSize.MAX_BYTES;
  public static final String MAX_TOKENS = PromptSize.MAX_TOKENS;
  public static final String MAX_SPAN_BYTES = "batch.max.span.bytes";
  public static final String LINGER = "batch.linger.ms";
  public static final String DEADLINE_MARGIN = "batch.deadline.margin.ms";

  /** The API takes input files of up to 2 GB. */
  public static final long API_MAX_BYTES = 2_000_000_000L;

  /**
   * A slice fills at most one part in so many of a batch, so that a batch that a slice did not fit
   * is nearly full.
   */
  private static final int SLICES_PER_BATCH = 20;

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            MAX_REQUESTS,
            ConfigDef.Type.INT,
            20_000,
            ConfigDef.Range.between(1, 2_000_000),
            ConfigDef.Importance.HIGH,
            "A batch is closed at so many prompts. The collector indexes them in memory, while the answers stay on disk.")
        .define(
            MAX_BYTES,
            ConfigDef.Type.LONG,
            500_000_000L,
            ConfigDef.Range.between(1, API_MAX_BYTES),
            ConfigDef.Importance.HIGH,
            "A batch is closed before its input file would be larger; the API takes 2 GB at most.")
        .define(
            MAX_TOKENS,
            ConfigDef.Type.LONG,
            2_000_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.HIGH,
            "A batch is closed before its estimated input tokens would be more. Must be below what the account may"
                + " have enqueued for the model.")
        .define(
            MAX_SPAN_BYTES,
            ConfigDef.Type.INT,
            256 * 1024,
            ConfigDef.Range.between(1024, 900_000),
            ConfigDef.Importance.LOW,
            "A batch is closed before its list of spans would take more bytes, so that no record nears Kafka's message"
                + " limit. Neighbouring offsets are one entry of it, so it is reached only when prompts of many lanes"
                + " are interleaved, or retries of many batches come together.")
        .define(
            LINGER,
            ConfigDef.Type.LONG,
            300_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.HIGH,
            "A batch is closed so long after it was opened, however full it is.")
        .define(
            DEADLINE_MARGIN,
            ConfigDef.Type.LONG,
            3_600_000L,
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.MEDIUM,
            "A batch is closed so long before the earliest deadline among its prompts.");
  }

  public static BatchLimits from(AbstractConfig config) {
    return new BatchLimits(
        config.getInt(MAX_REQUESTS),
        config.getLong(MAX_BYTES),
        config.getLong(MAX_TOKENS),
        config.getInt(MAX_SPAN_BYTES),
        Duration.ofMillis(config.getLong(LINGER)),
        Duration.ofMillis(config.getLong(DEADLINE_MARGIN)));
  }

  /** When a batch whose earliest deadline is this one is closed at the latest. */
  public Instant latestClosing(Instant deadline) {
    return deadline.minus(deadlineMargin);
  }

  /** How large slices may be that go into such a batch. */
  public SliceLimits slice() {
    return new SliceLimits(
        Math.max(1, requests / SLICES_PER_BATCH),
        Math.max(1, bytes / SLICES_PER_BATCH),
        Math.max(1, tokens / SLICES_PER_BATCH),
        spanBytes / SLICES_PER_BATCH);
  }
}
