package io.promptferry.simulator.gate;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request on its way through the {@link Gate}. A test forwards it, and replies or does not. */
public final class Passage {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What each of the two connections has for itself. */
  private static final Set<String> HOP =
      Set.of("connection", "content-length", "date", "host", "transfer-encoding", "upgrade");

  private final HttpExchange exchange;
  private final URI target;
  private final byte[] body;
  private @Nullable HttpResponse<byte[]> answer;

  Passage(HttpExchange exchange, URI target) throws IOException {
    this.exchange = exchange;
    this.target = target;
    this.body = exchange.getRequestBody().readAllBytes();
  }

  /** Lets the request take effect; the client hears nothing of it yet. */
  public void forward() {
    URI uri = exchange.getRequestURI();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(uri))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator did not answer " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted on the way to the simulator", e);
    }
  }

  /** Gives the client the reply to what was forwarded. */
  public void reply() {
    reply(Integer.MAX_VALUE);
  }

  /** Announces the whole reply, and breaks the connection after so many bytes of its body. */
  public void reply(int bytes) {
    HttpResponse<byte[]> given = Objects.requireNonNull(answer, "nothing was forwarded yet");
    given
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    send(given.statusCode(), given.body(), bytes);
  }

  /** Answers in the place of the simulator. */
  public void answer(int status) {
    String text =
        "{\"error\":{\"code\":%d,\"message\":\"by the gate\",\"status\":\"UNAVAILABLE\"}}"
            .formatted(status);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(status, text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
  }

  /** Closes the connection without a reply. */
  public void drop() {
    exchange.close();
  }

  private void send(int status, byte[] content, int bytes) {
    try (exchange) {
      exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
      OutputStream out = exchange.getResponseBody();
      out.write(content, 0, Math.min(bytes, content.length));
      out.flush();
    } catch (IOException e) {
      // The client has gone, or gets less than was announced, as it should.
    }
  }
}
