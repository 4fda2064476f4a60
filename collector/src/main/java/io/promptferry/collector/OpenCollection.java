package io.promptferry.collector;

import io.promptferry.collector.result.ResultFile;
import io.promptferry.spans.SpanCursor;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A collection with what it holds open.
 *
 * @param results null where the job left none
 * @param release gives back what it borrowed
 */
record OpenCollection(
    Collection collection, SpanCursor prompts, @Nullable ResultFile results, Runnable release)
    implements Closeable {

  @Override
  public void close() throws IOException {
    release.run();
    if (results != null) {
      results.close();
    }
  }
}
