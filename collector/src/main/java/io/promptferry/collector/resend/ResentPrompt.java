package io.promptferry.collector.resend;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A prompt that is sent again.
 *
 * @param span the place of its span in the batch's list
 * @param previous offset of the visible record just before it; −1 where that is not known
 * @param bytes the most that its line takes in an input file
 * @param tokens an estimate of its input tokens
 */
public record ResentPrompt(
    int span, long offset, long previous, int bytes, long tokens, @Nullable Instant deadline) {}
