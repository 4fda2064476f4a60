package io.promptferry.local.answers;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** Texts by number, in a temporary file: sixteen bytes of memory for each, however long it is. */
final class Spool implements Closeable {

  private static final int FIRST = 1024;

  private final FileChannel file;
  private long[] places = new long[FIRST];
  private int[] lengths = new int[FIRST];
  private long end;

  Spool() throws IOException {
    // Readable by its owner only.
    file =
        FileChannel.open(
            Files.createTempFile("promptferry-", ".spool"),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  void put(int number, String text) throws IOException {
    if (number >= places.length) {
      int size = Math.max(number + 1, places.length * 2);
      places = Arrays.copyOf(places, size);
      lengths = Arrays.copyOf(lengths, size);
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    places[number] = end;
    // One more, so that an empty text differs from none.
    lengths[number] = bytes.remaining() + 1;
    while (bytes.hasRemaining()) {
      end += file.write(bytes, end);
    }
  }

  Optional<String> get(int number) throws IOException {
    if (number >= places.length || lengths[number] == 0) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(lengths[number] - 1);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, places[number] + bytes.position()) < 0) {
        throw new IOException("a temporary file was cut off by somebody: run this again");
      }
    }
    return Optional.of(new String(bytes.array(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
