package io.promptferry.collector.result;

import com.carrotsearch.hppc.LongLongHashMap;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.LineKeys.Place;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A result file on disk with an index of its lines. Lines are found by key and never by position:
 * users of large jobs saw them out of order. The index is a map of primitives, two longs a line and
 * the map's slack; the lines stay on disk.
 */
public final class ResultFile implements Closeable {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int BUFFER = 1 << 16;
  private static final long ABSENT = -1;

  private final RandomAccessFile file;
  private final int maxLine;
  private final Map<Lines, LongLongHashMap> index;
  private final Counts counts;

  private record Lines(int topic, int partition) {}

  /**
   * What indexing found.
   *
   * @param lines lines that stand for a prompt
   * @param doubled further lines of the same prompt; the first one counts
   * @param unknown lines whose key is none of ours, or that have none
   */
  public record Counts(long lines, long doubled, long unknown) {}

  private ResultFile(
      RandomAccessFile file, int maxLine, Map<Lines, LongLongHashMap> index, Counts counts) {
    this.file = file;
    this.maxLine = maxLine;
    this.index = index;
    this.counts = counts;
  }

  /**
   * Indexes a file.
   *
   * @param maxLine longer lines are not read, in bytes
   */
  public static ResultFile open(Path path, LineKeys keys, int maxLine) throws IOException {
    var index = new HashMap<Lines, LongLongHashMap>();
    long lines = 0;
    long doubled = 0;
    long unknown = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER)) {
      long position = 0;
      var line = new LineStart(in, maxLine);
      while (line.next()) {
        Optional<Place> place =
            line.isBlank() ? Optional.empty() : key(line.bytes()).flatMap(keys::parse);
        if (place.isEmpty()) {
          unknown += line.isBlank() ? 0 : 1;
        } else {
          var of = index.computeIfAbsent(lines(place.get()), key -> new LongLongHashMap());
          if (of.putIfAbsent(place.get().offset(), position)) {
            lines++;
          } else {
            doubled++;
          }
        }
        position += line.length();
      }
    }
    return new ResultFile(
        new RandomAccessFile(path.toFile(), "r"),
        maxLine,
        index,
        new Counts(lines, doubled, unknown));
  }

  public Counts counts() {
    return counts;
  }

  /**
   * The line of this prompt without its newline; nothing when there is none. Cut off behind the
   * longest allowed.
   */
  public Optional<byte[]> line(Place place) throws IOException {
    LongLongHashMap of = index.get(lines(place));
    long position = of == null ? ABSENT : of.getOrDefault(place.offset(), ABSENT);
    if (position == ABSENT) {
      return Optional.empty();
    }
    file.seek(position);
    var line = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    int read;
    while (line.size() <= maxLine && (read = file.read(buffer)) > 0) {
      for (int i = 0; i < read; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, 0, i);
          return Optional.of(line.toByteArray());
        }
      }
      line.write(buffer, 0, read);
    }
    return Optional.of(line.toByteArray());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static Lines lines(Place place) {
    return new Lines(place.topic(), place.partition());
  }

  private static Optional<String> key(byte[] line) {
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (parser.currentName().equals("key")) {
          return parser.nextToken() == JsonToken.VALUE_STRING
              ? Optional.of(parser.getText())
              : Optional.empty();
        }
        parser.nextToken();
        parser.skipChildren();
      }
    } catch (IOException e) {
      // A garbled line belongs to nobody; its prompt is answered as one without a line.
    }
    return Optional.empty();
  }
}
