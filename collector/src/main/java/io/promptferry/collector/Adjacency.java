package io.promptferry.collector;

import io.promptferry.spans.SpanCursor.Hit;
import org.jspecify.annotations.Nullable;

/**
 * Tells which prompts of a batch are neighbours in the log, so that those that are sent again make
 * runs: within a run of a span every visible record is a prompt of that span, so no prompt of
 * another one comes between.
 */
final class Adjacency {

  private @Nullable Hit last;

  /** The visible record just before it, −1 where that is not known; in the order of the batch. */
  long before(Hit hit) {
    Hit before = last;
    last = hit;
    return before != null && before.span() == hit.span() && before.run().equals(hit.run())
        ? before.record().offset()
        : -1;
  }
}
