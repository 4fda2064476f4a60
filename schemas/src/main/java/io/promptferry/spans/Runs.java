package io.promptferry.spans;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The coding of {@code Span.runs}: unsigned LEB128 pairs of the gap since the run before and the
 * length minus one.
 */
public final class Runs {

  private Runs() {}

  /**
   * The bytes of these runs.
   *
   * @throws IllegalArgumentException when the runs overlap or do not ascend
   */
  public static ByteBuffer encode(List<Run> runs) {
    var out = new ByteArrayOutputStream(4 * runs.size());
    long end = 0;
    for (Run run : runs) {
      if (run.first() < end) {
        throw new IllegalArgumentException("runs must ascend: " + run + " begins before " + end);
      }
      writeNumber(out, run.first() - end);
      writeNumber(out, run.last() - run.first());
      end = run.last() + 1;
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  /**
   * The runs of these bytes.
   *
   * @throws IllegalArgumentException when the bytes end in the middle of a run
   */
  public static List<Run> decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate();
    var runs = new ArrayList<Run>();
    long end = 0;
    while (in.hasRemaining()) {
      long first = end + readNumber(in);
      long last = first + readNumber(in);
      runs.add(new Run(first, last));
      end = last + 1;
    }
    return runs;
  }

  private static void writeNumber(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 0x7F) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long readNumber(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (!in.hasRemaining()) {
        throw new IllegalArgumentException("span runs end in the middle of a number");
      }
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("span runs hold a number of more than 63 bits");
  }
}
