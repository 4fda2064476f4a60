package io.promptferry.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Serves a result file that is nowhere: its lines are made as they are sent, all of one length and
 * none in its place.
 */
final class GeneratedResults implements AutoCloseable {

  /** Prime to every number of lines that is not a multiple of it. */
  private static final long STRIDE = 7_919;

  private static final int OFFSET_DIGITS = 10;

  private final HttpServer server;
  private final long lines;
  private final byte[] rest;

  private GeneratedResults(HttpServer server, long lines, int length) {
    this.server = server;
    this.lines = lines;
    String begin = "\",\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"";
    String end = "\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}]}}\n";
    int filling = Math.max(1, length - key(0).length - begin.length() - end.length());
    this.rest = (begin + "x".repeat(filling) + end).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * On loopback, at any port.
   *
   * @param length of a line, in bytes
   */
  static GeneratedResults serve(long lines, int length) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var results = new GeneratedResults(server, lines, length);
    server.createContext("/", results::send);
    server.start();
    return results;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  long bytes() {
    return lines * (key(0).length + rest.length);
  }

  private void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, bytes());
      OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16);
      for (long i = 0; i < lines; i++) {
        out.write(key(i * STRIDE % lines));
        out.write(rest);
      }
      out.flush();
    }
  }

  /** Of a fixed length: a number in JSON text may have zeros before it. */
  private static byte[] key(long offset) {
    String digits = Long.toString(offset);
    String zeros = "0".repeat(OFFSET_DIGITS - digits.length());
    return ("{\"key\":\"0-" + zeros + digits).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
