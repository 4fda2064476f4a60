package io.promptferry.local.trace;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * Something that happened to a prompt.
 *
 * @param at when, by the clock of whoever did it
 * @param name what, in a word: {@code prompted}, {@code sliced}, {@code rejected}, {@code batched},
 *     {@code submitting}, {@code submitted}, {@code refused}, {@code skipped}, {@code job}, {@code
 *     settled}, {@code answered}
 * @param text the particulars
 */
public record Step(Instant at, String name, String text) {

  /** As one object. */
  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("at", at.toString())
        .put("step", name)
        .put("text", text);
  }
}
