package io.promptferry.local.rows;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads rows, in order. */
public interface Rows extends Closeable {

  /**
   * The next row; empty at the end.
   *
   * @throws IOException when the input cannot be read on
   */
  Optional<Row> next() throws IOException;

  /** The columns that every row has; empty where each row has its own. */
  Optional<List<String>> columns();
}
