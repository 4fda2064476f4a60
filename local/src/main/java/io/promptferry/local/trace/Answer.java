package io.promptferry.local.trace;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.Legible;
import io.promptferry.records.PromptResponse;
import java.time.Instant;

/**
 * A prompt's answer, without its text.
 *
 * @param place where it stands
 * @param at the time of its record
 */
record Answer(Coordinates place, Instant at, PromptResponse response) {

  /** Its status, its place, and what went wrong where it failed. */
  String text() {
    return response.getStatus()
        + " at "
        + place
        + (response.getError() == null
            ? ""
            : ", "
                + response.getError().getReason()
                + ": "
                + Legible.line(response.getError().getMessage(), 200));
  }
}
