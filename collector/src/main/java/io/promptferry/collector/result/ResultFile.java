package io.promptferry.collector.result;

import io.promptferry.collector.result.LineKey.State;
import io.promptferry.records.Span;
import io.promptferry.spans.LineKeys.Place;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A result file on disk with an index of its lines. Lines are found by key and never by position:
 * users of large jobs saw them out of order. The lines stay on disk, and neither their number nor
 * their length costs memory; the batch's size does, see {@link LineIndex}. Not for several threads.
 */
public final class ResultFile implements Closeable {

  private static final int BUFFER = 8192;

  private final RandomAccessFile file;
  private final int maxLine;
  private final LineIndex index;
  private final Counts counts;
  private final byte[] buffer = new byte[BUFFER];

  /**
   * What indexing found.
   *
   * @param lines how many of each kind; none of a kind that is missing
   * @param prompts how many prompts have a line
   */
  public record Counts(Map<LineKind, Long> lines, long prompts) {

    public long of(LineKind kind) {
      return lines.getOrDefault(kind, 0L);
    }
  }

  private ResultFile(RandomAccessFile file, int maxLine, LineIndex index, Counts counts) {
    this.file = file;
    this.maxLine = maxLine;
    this.index = index;
    this.counts = counts;
  }

  /**
   * Indexes a file.
   *
   * @param spans of the batch
   * @param maxLine of longer lines no more than this and some is given, in bytes
   */
  public static ResultFile open(Path path, List<Span> spans, int maxLine) throws IOException {
    var index = new LineIndex(spans);
    var kinds = new EnumMap<LineKind, Long>(LineKind.class);
    try (InputStream in = Files.newInputStream(path)) {
      var line = new LineStream(in);
      while (line.next()) {
        LineKey key = LineKey.of(line);
        line.skipLine();
        if (key.state() != State.BLANK) {
          boolean cut = !line.hasNewline() && !isWhole(path, line.start());
          LineKind kind = add(index, key, line, maxLine);
          kinds.merge(cut ? LineKind.TRUNCATED : kind, 1L, Long::sum);
        }
      }
    }
    return new ResultFile(
        new RandomAccessFile(path.toFile(), "r"), maxLine, index, new Counts(kinds, index.size()));
  }

  private static LineKind add(LineIndex index, LineKey key, LineStream line, int maxLine) {
    if (key.state() == State.GARBLED) {
      return LineKind.GARBLED;
    }
    Optional<Place> place = index.find(key.text());
    if (place.isEmpty()) {
      return LineKind.UNKNOWN;
    }
    if (!index.put(place.get(), line.start())) {
      return LineKind.DOUBLED;
    }
    return line.length() > maxLine ? LineKind.TOO_LONG : LineKind.GOOD;
  }

  private static boolean isWhole(Path path, long start) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      in.skipNBytes(start);
      return LineKey.isWhole(new BufferedInputStream(in));
    }
  }

  public Counts counts() {
    return counts;
  }

  /**
   * The line of this prompt without its newline; nothing when there is none. Cut off behind the
   * longest allowed, so that it is longer than that.
   */
  public Optional<byte[]> line(Place place) throws IOException {
    long start = index.start(place);
    if (start == LineIndex.ABSENT) {
      return Optional.empty();
    }
    file.seek(start);
    // Its length first and then as much memory: what grows with the line would take it twice.
    int length = 0;
    int read;
    while (length <= maxLine && (read = file.read(buffer)) > 0) {
      int end = newline(read);
      if (end < read && length == 0) {
        return Optional.of(Arrays.copyOf(buffer, end));
      }
      length += end;
      if (end < read) {
        break;
      }
    }
    byte[] line = new byte[length];
    file.seek(start);
    file.readFully(line);
    return Optional.of(line);
  }

  private int newline(int limit) {
    int end = 0;
    while (end < limit && buffer[end] != '\n') {
      end++;
    }
    return end;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
