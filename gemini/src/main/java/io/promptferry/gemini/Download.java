package io.promptferry.gemini;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** Streams a remote file to disk, whole or not at all. */
final class Download {

  private static final int BUFFER = 64 * 1024;

  private final GeminiHttp http;
  private final Duration timeout;

  Download(GeminiHttp http, Duration timeout) {
    this.http = http;
    this.timeout = timeout;
  }

  void fetch(String name, Path target) {
    // The reply comes first: where there is nothing to fetch, no temporary file is made.
    try (Response response = http.open(address(name), timeout)) {
      store(name, response, target.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ", check space and rights", e);
    }
  }

  private HttpUrl address(String name) {
    return RemoteFiles.address(http, name, ":download").addQueryParameter("alt", "media").build();
  }

  private static void store(String name, Response response, Path target) throws IOException {
    Path part = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".part");
    try {
      // OkHttp fails a body that ends before its Content-Length or its last chunk.
      try (InputStream in = response.body().byteStream();
          OutputStream out = Files.newOutputStream(part)) {
        copy(name, in, out);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void copy(String name, InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = read(name, in, buffer); n >= 0; n = read(name, in, buffer)) {
      out.write(buffer, 0, n);
    }
  }

  /** A broken connection is the provider's side and not a full disk, though both are IO. */
  private static int read(String name, InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw ProviderException.unknown(
          "download of " + name + " broke off, fetch it again: " + GeminiHttp.oneLine(e), e);
    }
  }
}
