package io.promptferry.request;

import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.PromptValidation.Rejection;
import java.util.Optional;

/**
 * What a prompt takes of a batch; measured alike by producers and by the batcher.
 *
 * @param bytes of its line in the input file, at most
 * @param tokens of its input, estimated on the high side
 */
public record PromptSize(int bytes, long tokens) {

  /** The batcher's key for the most bytes of a batch. */
  public static final String MAX_BYTES = "batch.max.bytes";

  /** The batcher's key for the most tokens of a batch. */
  public static final String MAX_TOKENS = "batch.max.tokens";

  /**
   * Measures an event by rendering it.
   *
   * @param event one that passed {@link io.promptferry.schemas.PromptValidation}
   * @throws RequestLine.UnrenderableException as {@link RequestLine#render}
   */
  public static PromptSize of(int partition, long offset, PromptEvent event) {
    return new PromptSize(RequestLine.bound(partition, offset, event), TokenEstimate.of(event));
  }

  /**
   * Why no batch takes the prompt, where none does.
   *
   * @param maxBytes the most bytes of a batch
   * @param maxTokens the most tokens of a batch
   */
  public Optional<Rejection> over(long maxBytes, long maxTokens) {
    if (bytes > maxBytes) {
      return tooLarge(bytes + " bytes", MAX_BYTES, maxBytes);
    }
    return tokens > maxTokens
        ? tooLarge("an estimated " + tokens + " tokens", MAX_TOKENS, maxTokens)
        : Optional.empty();
  }

  private static Optional<Rejection> tooLarge(String size, String key, long limit) {
    return Optional.of(
        new Rejection(
            ErrorReason.TOO_LARGE,
            "the prompt takes %s, more than a whole batch may (%s=%d)"
                .formatted(size, key, limit)));
  }
}
