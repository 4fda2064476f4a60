package io.promptferry.batcher.submit;

import io.promptferry.batcher.BatchAbout;
import io.promptferry.records.Batch;
import io.promptferry.runtime.trace.BatchSpan;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** What is done for a batch at the provider, as spans of its trace. */
final class SubmitSpans {

  /** What is done. */
  @FunctionalInterface
  interface Body {
    Optional<Attempt> run() throws IOException;
  }

  private final Batch batch;

  SubmitSpans(Batch batch) {
    this.batch = batch;
  }

  @SuppressWarnings("try") // The span does its work by being that of the thread.
  Optional<Attempt> in(String name, Body body) throws IOException {
    try (var span = BatchSpan.begin(name, BatchAbout.of(batch));
        var current = span.current()) {
      try {
        Optional<Attempt> attempt = body.run();
        tell(span, attempt);
        return attempt;
      } catch (IOException | RuntimeException e) {
        span.failed(e.getClass().getSimpleName());
        throw e;
      }
    }
  }

  private static void tell(BatchSpan span, Optional<Attempt> attempt) {
    if (attempt.isPresent() && attempt.get() instanceof Attempt.Wait wait) {
      String reason = wait.reason().name().toLowerCase(Locale.ROOT);
      switch (wait.reason()) {
        case FAILED, DOUBT, STOPPED -> span.failed(reason);
        default -> span.outcome(reason);
      }
    } else {
      span.outcome(attempt.isPresent() ? "finished" : "nothing");
    }
  }
}
