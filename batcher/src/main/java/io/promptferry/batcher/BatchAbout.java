package io.promptferry.batcher;

import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.runtime.trace.BatchSpan;
import java.util.List;

/** What the spans of a batch's trace say of it. */
public final class BatchAbout {

  private BatchAbout() {}

  public static BatchSpan.About of(Batch batch) {
    return new BatchSpan.About(
        batch.getBatchId(),
        batch.getLane().getAccount(),
        batch.getLane().getModel(),
        batch.getCount());
  }

  /** The batches that its prompts were in before, each once. */
  public static List<String> earlier(Batch batch) {
    return batch.getSpans().stream()
        .flatMap(span -> span.getHistory().stream())
        .map(Attempt::getBatchId)
        .distinct()
        .toList();
  }
}
