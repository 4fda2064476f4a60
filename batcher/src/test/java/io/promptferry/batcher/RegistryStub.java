package io.promptferry.batcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.SchemaRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * The two calls of a schema registry that serializers make, on loopback, with this version's
 * schemas registered. Confluent's own mock is reached by a {@code mock://} address, which the
 * decoder of the prompts does not take.
 */
public final class RegistryStub implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<SchemaRegistration.Subject> subjects = SchemaRegistration.subjects();

  public RegistryStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/schemas/ids/", this::schemaById);
    server.createContext("/subjects/", this::idOfSubject);
    server.start();
  }

  public RecordSerdes serdes() {
    return new RecordSerdes(Map.of("schema.registry.url", url(), "max.retries", "0"));
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void schemaById(HttpExchange exchange) throws IOException {
    int id = Integer.parseInt(lastSegment(exchange));
    if (id < 1 || id > subjects.size()) {
      answer(exchange, 404, Map.of("error_code", 40403, "message", "Schema not found"));
    } else {
      answer(exchange, 200, Map.of("schema", subjects.get(id - 1).schema().toString()));
    }
  }

  private void idOfSubject(HttpExchange exchange) throws IOException {
    String name = lastSegment(exchange);
    for (int i = 0; i < subjects.size(); i++) {
      if (subjects.get(i).name().equals(name)) {
        String schema = subjects.get(i).schema().toString();
        answer(exchange, 200, Map.of("subject", name, "version", 1, "id", i + 1, "schema", schema));
        return;
      }
    }
    answer(exchange, 404, Map.of("error_code", 40401, "message", "Subject not found"));
  }

  private static String lastSegment(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void answer(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsString(body).getBytes(UTF_8);
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** From now on nobody answers. */
  @Override
  public void close() {
    server.stop(0);
  }
}
