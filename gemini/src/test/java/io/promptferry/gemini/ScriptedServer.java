package io.promptferry.gemini;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.config.types.Password;

/** Answers requests with the replies it was told, in that order, and records what it was asked. */
final class ScriptedServer implements AutoCloseable {

  static final String KEY = "secret-test-key";

  /** It says "Using GOOGLE_API_KEY" for every client made, although the client is given a key. */
  private static final Logger SDK_LOG = Logger.getLogger("com.google.genai.ApiClient");

  static {
    SDK_LOG.setLevel(Level.SEVERE);
  }

  record Seen(String method, String target, Headers headers, String body, int port) {
    String header(String name) {
      return String.valueOf(headers.getFirst(name));
    }
  }

  interface Reply {
    void send(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Queue<Reply> script = new ArrayDeque<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  ScriptedServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    seen.add(
        new Seen(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders(),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            exchange.getRemoteAddress().getPort()));
    Reply reply;
    synchronized (script) {
      reply = script.isEmpty() ? status(418, "{}") : script.remove();
    }
    reply.send(exchange);
    exchange.close();
  }

  /** A 200 with that body. */
  static Reply ok(String body, String... headers) {
    return status(200, body, headers);
  }

  static Reply status(int code, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    };
  }

  /** An error as Gemini words it. */
  static Reply error(int code, String status, String message, String... headers) {
    return status(
        code,
        "{\"error\":{\"code\":%d,\"message\":\"%s\",\"status\":\"%s\"}}"
            .formatted(code, message, status),
        headers);
  }

  /** Closes the connection before any reply. */
  static Reply hangUp() {
    return HttpExchange::close;
  }

  /** Announces more than it sends, then closes the connection. */
  @SuppressWarnings("try") // Closing the body would be refused: it is short on purpose.
  static Reply cutShort(long announced, String body, String... headers) {
    return cutShort(200, announced, body, headers);
  }

  @SuppressWarnings("try") // As above.
  static Reply cutShort(int code, long announced, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(code, announced);
      OutputStream out = exchange.getResponseBody();
      out.write(body.getBytes(StandardCharsets.UTF_8));
      out.flush();
    };
  }

  /** A body of a length that is not told. */
  static Reply chunks(String body) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    };
  }

  /** The same without its end: the exchange fails with it, which closes the connection. */
  static Reply cutChunks(String body) {
    return exchange -> {
      chunks(body).send(exchange);
      exchange.getResponseBody().flush();
      throw new IOException("cut");
    };
  }

  /** Answers only when the client has gone. */
  static Reply silence(Duration time) {
    return exchange -> {
      try {
        Thread.sleep(time.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  ScriptedServer then(Reply... replies) {
    synchronized (script) {
      script.addAll(List.of(replies));
    }
    return this;
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  GeminiSettings settings() {
    return new GeminiSettings(
        new Password(KEY),
        url(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        4,
        3,
        2);
  }

  GeminiProvider provider() {
    return new GeminiProvider(settings());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
