package io.promptferry.batcher.submit;

import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a batch may go to the provider now: its lane goes on, and there is room for its job. */
final class Entrance {

  private final Tools tools;
  private final Batch batch;
  private final Refusal refusal;

  Entrance(Tools tools, Batch batch, Refusal refusal) {
    this.tools = tools;
    this.batch = batch;
    this.refusal = refusal;
  }

  /**
   * What keeps the batch out, or empty, when it has passed and has its room. {@link #leave} must
   * follow.
   *
   * @param intent of a file that waits at the provider
   */
  Optional<Attempt> closed(@Nullable Job intent) {
    return held(intent).or(this::crowdedOut);
  }

  /** The attempt has ended. */
  void leave() {
    tools.gate().leave(batch.getBatchId());
  }

  private Optional<Attempt> held(@Nullable Job intent) {
    return tools
        .gate()
        .enter(batch.getLane(), batch.getBatchId())
        .map(
            hold ->
                hold.refusal()
                    .flatMap(cause -> refusal.afterTooLong(cause, intent))
                    .orElse(hold.pause()));
  }

  private Optional<Attempt> crowdedOut() {
    return tools
        .capacity()
        .reserve(batch)
        .map(
            shortage ->
                refusal
                    .ofCapacity(shortage)
                    .orElse(
                        new Attempt.Wait(
                            Tools.nextCheck(tools.clock().instant()), shortage.reason())));
  }
}
