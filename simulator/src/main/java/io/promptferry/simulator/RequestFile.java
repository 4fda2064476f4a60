package io.promptferry.simulator;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of an input file: read once in order, which notes where each begins, and then any of
 * them at will. Held open, so that a file deleted while its job runs is still there for the job.
 */
final class RequestFile implements AutoCloseable {
  /** The longest line that is read; the service's bound on inline requests is 20 MB. */
  static final int MAX_LINE_BYTES = 32 << 20;

  /** Takes a line, without its end. */
  interface Visitor {
    void line(int number, byte[] line) throws InvalidFile, IOException;
  }

  private final FileChannel channel;
  private long[] starts = new long[1_024];
  private int count;
  private long end;

  RequestFile(Path file) throws IOException {
    channel = FileChannel.open(file);
  }

  int count() {
    return count;
  }

  void readAll(Visitor visitor) throws InvalidFile, IOException {
    count = 0;
    end = 0;
    ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long start = 0;
    for (int n = channel.read(buffer, end); n >= 0; n = channel.read(buffer, end)) {
      byte[] bytes = buffer.array();
      int from = 0;
      for (int i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, from, i - from);
          note(start);
          visitor.line(count, line.toByteArray());
          line.reset();
          from = i + 1;
          start = end + from;
        }
      }
      line.write(bytes, from, n - from);
      if (line.size() > MAX_LINE_BYTES) {
        throw InvalidFile.line(count + 1, "longer than " + MAX_LINE_BYTES + " bytes");
      }
      end += n;
      buffer.clear();
    }
    if (line.size() > 0) {
      note(start);
      visitor.line(count, line.toByteArray());
    }
  }

  private void note(long start) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
    }
    starts[count++] = start;
  }

  /** A line by its index, from 0; it may end in white space. */
  byte[] line(int index) throws IOException {
    long next = index + 1 < count ? starts[index + 1] : end;
    ByteBuffer line = ByteBuffer.allocate((int) (next - starts[index]));
    while (line.hasRemaining()) {
      if (channel.read(line, starts[index] + line.position()) < 0) {
        throw new EOFException("the input file was cut short");
      }
    }
    return line.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
