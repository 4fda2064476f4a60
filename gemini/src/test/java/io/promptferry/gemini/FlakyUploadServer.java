package io.promptferry.gemini;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Takes one upload at a time by Google's resumable protocol and breaks off at random: before a
 * request, inside its body, after it, or with a 503; sessions get lost now and then.
 */
final class FlakyUploadServer implements AutoCloseable {

  private final HttpServer server;
  private final Random random;
  private final double trouble;
  private ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean stored;
  private int session;
  private int troubles;
  private int starts;

  /**
   * @param trouble the share of requests that go wrong
   */
  FlakyUploadServer(Random random, double trouble) {
    this.random = random;
    this.trouble = trouble;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean fails = random.nextDouble() < trouble;
      troubles += fails ? 1 : 0;
      int kind = fails ? random.nextInt(4) : -1;
      if (kind == 0) {
        return;
      }
      if (kind == 1) {
        reply(exchange, 503, "");
        return;
      }
      if (exchange.getRequestMethod().equals("GET")) {
        reply(exchange, stored ? 200 : 404, stored ? file() : "{}");
        return;
      }
      String command = exchange.getRequestHeaders().getFirst("X-Goog-Upload-Command");
      if (command.equals("start")) {
        start(exchange);
      } else if (!("/" + session).equals(exchange.getRequestURI().getPath())) {
        reply(exchange, 404, "{}");
      } else if (command.equals("query")) {
        status(exchange, stored ? "final" : "active");
        exchange
            .getResponseHeaders()
            .add("X-Goog-Upload-Size-Received", Integer.toString(received.size()));
        reply(exchange, 200, "");
      } else {
        chunk(exchange, command, kind);
      }
    }
  }

  private void start(HttpExchange exchange) throws IOException {
    starts++;
    session++;
    received = new ByteArrayOutputStream();
    exchange.getResponseHeaders().add("X-Goog-Upload-URL", url() + "/" + session);
    status(exchange, "active");
    reply(exchange, 200, "");
  }

  private void chunk(HttpExchange exchange, String command, int kind) throws IOException {
    long offset = Long.parseLong(exchange.getRequestHeaders().getFirst("X-Goog-Upload-Offset"));
    if (offset != received.size() || stored) {
      reply(exchange, 400, "{}");
      return;
    }
    InputStream body = exchange.getRequestBody();
    if (kind == 2) {
      long length = Long.parseLong(exchange.getRequestHeaders().getFirst("Content-Length"));
      received.write(body.readNBytes(random.nextInt((int) length + 1)));
      session += random.nextInt(10) == 0 ? 1 : 0;
      return;
    }
    body.transferTo(received);
    stored = command.contains("finalize");
    if (kind == 3) {
      return;
    }
    status(exchange, stored ? "final" : "active");
    reply(exchange, 200, stored ? "{\"file\":" + file() + "}" : "");
  }

  private String file() {
    return "{\"name\":\"files/in-1\",\"sizeBytes\":\"%d\"}".formatted(received.size());
  }

  private static void status(HttpExchange exchange, String status) {
    exchange.getResponseHeaders().add("X-Goog-Upload-Status", status);
  }

  private static void reply(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What became of the upload; empty while it is not finalised. */
  synchronized byte[] stored() {
    return stored ? received.toByteArray() : new byte[0];
  }

  synchronized int troubles() {
    return troubles;
  }

  synchronized int starts() {
    return starts;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
