package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.records.Batch;
import io.promptferry.records.Span;
import io.promptferry.runtime.metrics.SharedMetrics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alarms where prompts that were sliced are no longer in the log. Nobody can answer them: with the
 * records their keys are gone. The collector counts them in the batch's receipt.
 */
final class Vanished {

  private static final Logger LOG = LoggerFactory.getLogger(Vanished.class);

  private final Counter prompts;

  Vanished(MeterRegistry metrics) {
    // From the start, since an alarm needs the zero before the one.
    this.prompts = SharedMetrics.PROMPTS_VANISHED.counterIn(metrics, "submit");
  }

  /**
   * Compares the counts of a batch's spans.
   *
   * @param found how many prompts of each span were read
   */
  void report(Batch batch, int[] found) {
    for (int i = 0; i < found.length; i++) {
      Span span = batch.getSpans().get(i);
      int gone = span.getCount() - found[i];
      if (gone > 0) {
        List<Run> runs = Runs.decode(span.getRuns());
        LOG.error(
            "batch {}: {} of {} prompts of {}-{} at offsets {} to {} are no longer in the topic and get no answer:"
                + " see its retention, or whether it was deleted",
            batch.getBatchId(),
            gone,
            span.getCount(),
            span.getTopic(),
            span.getPartition(),
            runs.get(0).first(),
            runs.get(runs.size() - 1).last());
        prompts.increment(gone);
      }
    }
  }
}
