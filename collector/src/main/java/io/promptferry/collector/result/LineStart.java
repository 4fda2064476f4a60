package io.promptferry.collector.result;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Goes through a stream line by line and keeps of each no more than so many bytes. */
final class LineStart {

  private final InputStream in;
  private final int keep;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long length;
  private boolean blank;

  LineStart(InputStream in, int keep) {
    this.in = in;
    this.keep = keep;
  }

  /** Reads the next line; false at the end. */
  boolean next() throws IOException {
    kept.reset();
    length = 0;
    blank = true;
    int next;
    while ((next = in.read()) >= 0) {
      length++;
      if (next == '\n') {
        return true;
      }
      blank &= Character.isWhitespace(next);
      if (kept.size() < keep) {
        kept.write(next);
      }
    }
    return length > 0;
  }

  /** The line's bytes in the stream, its newline included. */
  long length() {
    return length;
  }

  boolean isBlank() {
    return blank;
  }

  byte[] bytes() {
    return kept.toByteArray();
  }
}
