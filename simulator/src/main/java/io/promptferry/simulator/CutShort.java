package io.promptferry.simulator;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A stream that breaks after so many bytes, if there are more. */
final class CutShort extends InputStream {
  private final InputStream in;
  private long left;

  CutShort(InputStream in, long bytes) {
    this.in = in;
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    if (next >= 0 && left-- <= 0) {
      throw new EOFException("cut short by a fault");
    }
    return next;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left <= 0 || length == 0) {
      return length == 0 ? 0 : read();
    }
    int n = in.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(0, n);
    return n;
  }
}
