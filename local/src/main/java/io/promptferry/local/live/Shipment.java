package io.promptferry.local.live;

import io.promptferry.records.PromptEvent;
import io.promptferry.request.TokenEstimate;
import java.util.stream.Stream;

/**
 * What would be sent.
 *
 * @param prompts how many
 * @param inputTokens estimated on the high side, see {@link TokenEstimate}
 * @param model of all of them
 * @param batches roughly: a batch may also leave before it is full
 */
public record Shipment(long prompts, long inputTokens, String model, long batches) {

  /**
   * Output is not known beforehand. Thinking is billed as output, and the models think before they
   * write a line; so this is high for a line alone.
   */
  public static final long ASSUMED_OUTPUT_PER_PROMPT = 500;

  /**
   * Of these prompts.
   *
   * @param perBatch the most prompts of a batch
   */
  public static Shipment of(Stream<PromptEvent> prompts, String model, int perBatch) {
    long[] sums = {0, 0};
    prompts.forEach(
        prompt -> {
          sums[0]++;
          sums[1] += TokenEstimate.of(prompt);
        });
    return new Shipment(sums[0], sums[1], model, (sums[0] + perBatch - 1) / perBatch);
  }

  long outputTokens() {
    return prompts * ASSUMED_OUTPUT_PER_PROMPT;
  }
}
