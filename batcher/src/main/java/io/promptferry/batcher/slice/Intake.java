package io.promptferry.batcher.slice;

import io.promptferry.records.Lane;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of a record of the prompts topic. */
sealed interface Intake {

  /**
   * It goes into a slice of this lane.
   *
   * @param id the caller's own; empty where the event has none
   */
  record Accepted(String id, Lane lane, int bytes, long tokens, @Nullable Instant deadline)
      implements Intake {}

  /**
   * It goes to the dead letters.
   *
   * @param event null where the bytes are none
   */
  record Rejected(ErrorReason reason, String message, @Nullable PromptEvent event)
      implements Intake {}
}
