package io.promptferry.gemini;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of a remote file, under a temporary name, and what tells that file from another.
 * Lives no longer than one download: what a killed process left behind is not gone on with, since
 * nothing on disk says of which file it is.
 */
final class PartFile implements Closeable {

  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");
  private static final int PARTIAL_CONTENT = 206;

  /** What is asked of the disk at a time where nobody says how long the file is. */
  private static final long STEP = 64L * 1024 * 1024;

  private static final long UNKNOWN = -1;

  private final Path target;
  private final DiskSpace space;
  private @Nullable Path path;
  private @Nullable RandomAccessFile file;
  private long size;
  private long granted;
  private long total = UNKNOWN;
  private @Nullable String validator;
  private boolean whole;

  PartFile(Path target, DiskSpace space) {
    this.target = target;
    this.space = space;
  }

  /** How many bytes have arrived. */
  long size() {
    return size;
  }

  boolean whole() {
    return whole || (total > 0 && size == total);
  }

  /**
   * Asks for what is missing, if the rest could be told from that of another file; else for the
   * whole. With a validator the provider itself sends the whole where the file is another one.
   */
  void askForTheRest(Request.Builder request) {
    if (size > 0 && (validator != null || total != UNKNOWN)) {
      request.header("Range", "bytes=" + size + "-");
      if (validator != null) {
        request.header("If-Range", validator);
      }
    }
  }

  /** Takes note of what a reply will bring: the rest, or the whole once more. */
  void take(String name, Response response) throws IOException {
    if (!response.header("Content-Encoding", "identity").equals("identity")) {
      throw ProviderException.unknown(
          "download of " + name + " came compressed, which was not asked for", null);
    }
    if (response.code() != PARTIAL_CONTENT) {
      restart();
      total = response.body().contentLength();
      validator = validator(response);
    } else if (!isRest(response)) {
      restart();
      throw ProviderException.unknown(
          "download of " + name + ": what came is not the rest of what is here", null);
    }
    if (total != UNKNOWN) {
      need(total);
    }
    // The reply comes first: where there is nothing to fetch, no temporary file is made.
    open();
  }

  private boolean isRest(Response response) {
    Matcher range = RANGE.matcher(response.header("Content-Range", ""));
    String another = validator(response);
    if (!range.matches()
        || Long.parseLong(range.group(1)) != size
        || (total != UNKNOWN && Long.parseLong(range.group(2)) != total)
        || (another != null && validator != null && !another.equals(validator))) {
      return false;
    }
    total = Long.parseLong(range.group(2));
    return true;
  }

  /** Weak tags are not for ranges. */
  private static @Nullable String validator(Response response) {
    String tag = response.header("ETag");
    return tag != null && tag.startsWith("\"") ? tag : response.header("Last-Modified");
  }

  void write(byte[] bytes, int length) throws IOException {
    if (size + length > granted) {
      need(Math.max(size + length, granted + STEP));
    }
    open().write(bytes, 0, length);
    size += length;
  }

  /** Ends a reply that came to its end. */
  void end(String name) {
    if (total != UNKNOWN && size != total) {
      throw ProviderException.unknown(
          "download of " + name + " ended after " + size + " of " + total + " bytes", null);
    }
    whole = true;
  }

  /** Forgets what has arrived. */
  void restart() throws IOException {
    size = 0;
    total = UNKNOWN;
    validator = null;
    if (file != null) {
      file.setLength(0);
      file.seek(0);
    }
  }

  /** Gives the file its name. */
  void publish() throws IOException {
    open().close();
    if (path != null) {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void need(long bytes) {
    if (bytes > granted) {
      space.need(bytes);
      granted = bytes;
    }
  }

  /** Not a channel, which an interrupt would close: that is not to look like a full disk. */
  private RandomAccessFile open() throws IOException {
    if (file == null) {
      path = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".part");
      file = new RandomAccessFile(path.toFile(), "rw");
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    if (path != null) {
      Files.deleteIfExists(path);
    }
  }
}
