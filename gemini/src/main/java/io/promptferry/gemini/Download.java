package io.promptferry.gemini;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams a remote file to disk, whole or not at all. One that breaks off goes on at once where it
 * broke; waiting is the caller's.
 */
final class Download {

  private static final Logger log = LoggerFactory.getLogger(Download.class);
  private static final int BUFFER = 64 * 1024;
  private static final int NOT_SATISFIABLE = 416;

  private final GeminiHttp http;
  private final Duration timeout;
  private final int attempts;

  Download(GeminiHttp http, Duration timeout, int attempts) {
    this.http = http;
    this.timeout = timeout;
    this.attempts = attempts;
  }

  void fetch(String name, Path target, DiskSpace space) {
    HttpUrl address =
        RemoteFiles.address(http, name, ":download").addQueryParameter("alt", "media").build();
    var breaks = new Breaks(attempts);
    try (var part = new PartFile(target.toAbsolutePath(), space)) {
      while (!part.whole()) {
        carry(name, address, part, breaks);
      }
      part.publish();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ", check space and rights", e);
    }
  }

  /** One reply, or as much of it as comes. */
  private void carry(String name, HttpUrl address, PartFile part, Breaks breaks)
      throws IOException {
    try (Response response = http.open(request(address, part), timeout)) {
      part.take(name, response);
      copy(name, response, part);
      part.end(name);
    } catch (ProviderException e) {
      breaks.count(restartable(e, part), part.size());
      log.info("download of {} goes on after {} bytes: {}", name, part.size(), e.getMessage());
    }
  }

  /**
   * Without compression: a place in a compressed reply is none in the file, so that it could not go
   * on, and its length would not be announced.
   */
  private Request request(HttpUrl address, PartFile part) {
    Request.Builder request = http.request(address).header("Accept-Encoding", "identity");
    part.askForTheRest(request);
    return request.build();
  }

  /** The provider has no such rest: the file is another by now, and is fetched from its start. */
  private static ProviderException restartable(ProviderException e, PartFile part)
      throws IOException {
    if (e.code() != NOT_SATISFIABLE || part.size() == 0) {
      return e;
    }
    part.restart();
    return ProviderException.unknown(String.valueOf(e.getMessage()), e);
  }

  private static void copy(String name, Response response, PartFile part) throws IOException {
    byte[] buffer = new byte[BUFFER];
    InputStream in = response.body().byteStream();
    for (int n = read(name, in, buffer); n >= 0; n = read(name, in, buffer)) {
      part.write(buffer, n);
    }
  }

  /** A broken connection is the provider's side and not a full disk, though both are IO. */
  private static int read(String name, InputStream in, byte[] buffer) {
    try {
      // OkHttp fails a body that ends before its Content-Length or its last chunk.
      return in.read(buffer);
    } catch (IOException e) {
      throw ProviderException.unknown(
          "download of " + name + " broke off, fetch it again: " + GeminiHttp.oneLine(e), e);
    }
  }
}
