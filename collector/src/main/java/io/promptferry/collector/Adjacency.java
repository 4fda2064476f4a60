package io.promptferry.collector;

import io.promptferry.records.Span;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.SpanCursor.Hit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which prompts of a batch are neighbours in the log, so that those that are sent again make
 * runs: within a run of a span every visible record is a prompt of the batch.
 */
final class Adjacency {

  private final List<Span> spans;
  private int span = -1;
  private List<Run> runs = List.of();
  private int run;
  private @Nullable Run of;
  private long last = -1;

  Adjacency(List<Span> spans) {
    this.spans = spans;
  }

  /** The visible record just before it, −1 where that is not known; in the order of the batch. */
  long before(Hit hit) {
    long offset = hit.record().offset();
    if (hit.span() != span) {
      span = hit.span();
      runs = Runs.decode(spans.get(span).getRuns());
      run = 0;
      of = null;
    }
    while (run < runs.size() && runs.get(run).last() < offset) {
      run++;
    }
    Run now = run < runs.size() ? runs.get(run) : null;
    long before = now != null && now.equals(of) ? last : -1;
    of = now;
    last = offset;
    return before;
  }
}
