package io.promptferry.local.trace;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.records.Batch;
import io.promptferry.records.Span;
import io.promptferry.spans.Runs;
import java.util.OptionalInt;

/** Whether spans hold a prompt. A run stands for every record in it, so its ends decide. */
final class Membership {

  private Membership() {}

  static boolean holds(Span span, Coordinates prompt) {
    return span.getPartition() == prompt.partition()
        && span.getTopic().equals(prompt.topic())
        && Runs.decode(span.getRuns()).stream()
            .anyMatch(run -> run.first() <= prompt.offset() && prompt.offset() <= run.last());
  }

  /** The place of the batch's span that holds it; empty where none does. */
  static OptionalInt place(Batch batch, Coordinates prompt) {
    for (int i = 0; i < batch.getSpans().size(); i++) {
      if (holds(batch.getSpans().get(i), prompt)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
