package io.promptferry.collector.result;

import java.io.IOException;
import java.io.InputStream;

/**
 * Goes through a stream line by line. Each line is a stream that ends before its newline, and
 * nothing of it is kept, so that a line may have any length.
 */
final class LineStream extends InputStream {

  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;

  /** Where the buffer's end lies in the stream. */
  private long filled;

  private long start;
  private boolean ended = true;
  private boolean newline;

  LineStream(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line, over what is left of this one; false at the end. */
  boolean next() throws IOException {
    skipLine();
    start = at();
    newline = false;
    ended = !more();
    return !ended;
  }

  /** Goes to the end of this line. */
  void skipLine() throws IOException {
    while (!ended) {
      if (!more()) {
        ended = true;
      } else {
        position = lineEnd(limit);
        endAtNewline();
      }
    }
  }

  /** Where this line begins in the stream. */
  long start() {
    return start;
  }

  /** The bytes of this line without its newline; known at its end. */
  long length() {
    return at() - start - (newline ? 1 : 0);
  }

  /** Whether a newline ended this line; known at its end. */
  boolean hasNewline() {
    return newline;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (ended || !more()) {
      ended = true;
      return -1;
    }
    int end = lineEnd(Math.min(limit, position + Math.min(length, BUFFER)));
    int count = end - position;
    System.arraycopy(buffer, position, target, offset, count);
    position = end;
    if (count == 0) {
      endAtNewline();
      return -1;
    }
    return count;
  }

  private void endAtNewline() {
    if (position < limit && buffer[position] == '\n') {
      position++;
      newline = true;
      ended = true;
    }
  }

  private int lineEnd(int most) {
    int end = position;
    while (end < most && buffer[end] != '\n') {
      end++;
    }
    return end;
  }

  private boolean more() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer));
      filled += limit;
    }
    return limit > 0;
  }

  private long at() {
    return filled - limit + position;
  }
}
