package io.promptferry.gemini;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** A part of a file as the body of a request, read while it is sent. */
final class FileSlice extends RequestBody {

  private static final int BUFFER = 64 * 1024;

  private final FileChannel file;
  private final long offset;
  private final long length;

  FileSlice(FileChannel file, long offset, long length) {
    this.file = file;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public @Nullable MediaType contentType() {
    return MediaType.get("application/octet-stream");
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, length));
    for (long sent = 0; sent < length; ) {
      read(buffer.clear().limit((int) Math.min(buffer.capacity(), length - sent)), offset + sent);
      sent += sink.write(buffer.flip());
    }
  }

  /** Fails unchecked, so that a local disk is never taken for a broken connection. */
  private void read(ByteBuffer buffer, long position) {
    try {
      if (file.read(buffer, position) < 0) {
        throw new EOFException("the file became shorter during its upload");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
