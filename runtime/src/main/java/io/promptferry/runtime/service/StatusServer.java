package io.promptferry.runtime.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Tells the platform how a service is: {@code /healthz}, {@code /readyz} and {@code /metrics} on
 * one port.
 */
final class StatusServer implements AutoCloseable {

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2,
          task -> {
            var thread = new Thread(task, "status");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Opens the port.
   *
   * @throws StartupException when the port is taken, or the host is none of this machine's
   */
  StatusServer(String host, int port, PrometheusMeterRegistry metrics, List<Part> parts) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      throw new StartupException(
          "cannot listen on "
              + host
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "): set http.port to a free port, http.host to an address of this machine",
          e);
    }
    server.createContext(
        "/",
        exchange -> {
          switch (exchange.getRequestURI().getPath()) {
            case "/healthz" -> tell(exchange, parts, Part::alive);
            case "/readyz" -> tell(exchange, parts, Part::ready);
            case "/metrics" ->
                answer(exchange, OK, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
            default ->
                answer(
                    exchange, NOT_FOUND, "text/plain", "ask for /healthz, /readyz or /metrics\n");
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void tell(HttpExchange exchange, List<Part> parts, Predicate<Part> good)
      throws IOException {
    String body =
        parts.stream()
            .map(part -> part.name() + (good.test(part) ? " ok\n" : " not ok\n"))
            .collect(Collectors.joining());
    // No parts yet: the service is still starting.
    boolean all = !parts.isEmpty() && parts.stream().allMatch(good);
    answer(exchange, all ? OK : UNAVAILABLE, "text/plain", body);
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
