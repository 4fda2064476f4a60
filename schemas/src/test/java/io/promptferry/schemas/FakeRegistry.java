package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * The part of Confluent's API that the clients call, on loopback: a registry that can go away,
 * which Confluent's own mock cannot.
 */
final class FakeRegistry implements AutoCloseable {

  static {
    // Read when the first server is made; without it each answer waits for a delayed
    // acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Entry(Schema schema, String answer) {}

  /** What is answered instead of the truth. */
  record Refusal(int status, String body) {}

  private final HttpServer server;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, List<Integer>> subjects = new HashMap<>();
  private final Map<String, String> compatibility = new HashMap<>();
  private Refusal refusal = new Refusal(0, "");
  private int answersLeft = Integer.MAX_VALUE;

  FakeRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  /** Settings of a client that gives up at once. */
  Map<String, String> config() {
    return Map.of(
        "schema.registry.url",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        "schema.registry.max.retries",
        "0");
  }

  RecordSerdes serdes() {
    return new RecordSerdes(config());
  }

  /** After so many more answers it hangs up on every caller. */
  synchronized void goAwayAfter(int answers) {
    answersLeft = answers;
    refusal = new Refusal(0, "");
  }

  /** From now on it refuses every call. */
  synchronized void refuse(int status, String body) {
    answersLeft = 0;
    refusal = new Refusal(status, body);
  }

  synchronized void comeBack() {
    answersLeft = Integer.MAX_VALUE;
  }

  synchronized int add(String subject, Schema schema) {
    int id = add(schema, JSON.createObjectNode().put("schema", schema.toString()).toString());
    subjects.computeIfAbsent(subject, key -> new ArrayList<>()).add(id);
    return id;
  }

  /** Adds all schemas of this version, as {@code topics create} does. */
  void addAll() {
    SchemaRegistration.subjects().forEach(subject -> add(subject.name(), subject.schema()));
  }

  /** Adds a schema that answers as it is given here. */
  synchronized int addRaw(String answer) {
    return add(Schema.create(Schema.Type.NULL), answer);
  }

  /** The id of the subject's latest version. */
  synchronized int id(String subject) {
    List<Integer> ids = subjects.getOrDefault(subject, List.of());
    return ids.get(ids.size() - 1);
  }

  synchronized Map<String, String> compatibility() {
    return Map.copyOf(compatibility);
  }

  synchronized Map<String, Schema> latest() {
    var latest = new HashMap<String, Schema>();
    subjects.keySet().forEach(name -> latest.put(name, entries.get(id(name) - 1).schema()));
    return latest;
  }

  private int add(Schema schema, String answer) {
    entries.add(new Entry(schema, answer));
    return entries.size();
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (answersLeft <= 0) {
        if (refusal.status() > 0) {
          answer(exchange, refusal.status(), refusal.body());
        }
        return;
      }
      answersLeft--;
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      JsonNode body = JSON.readTree(exchange.getRequestBody());
      switch (exchange.getRequestMethod() + " " + path[1]) {
        case "GET schemas" -> byId(exchange, Integer.parseInt(path[3]));
        case "POST subjects" -> {
          Schema schema = new Schema.Parser().parse(body.get("schema").asText());
          if (path.length > 3) {
            answer(exchange, 200, "{\"id\":" + register(path[2], schema) + "}");
          } else {
            lookup(exchange, path[2], schema);
          }
        }
        case "PUT config" -> {
          compatibility.put(path[2], body.get("compatibility").asText());
          answer(exchange, 200, body.toString());
        }
        default -> throw new IllegalStateException("not played: " + exchange.getRequestURI());
      }
    }
  }

  private void byId(HttpExchange exchange, int id) throws IOException {
    if (id < 1 || id > entries.size()) {
      notFound(exchange);
    } else {
      answer(exchange, 200, entries.get(id - 1).answer());
    }
  }

  private int register(String subject, Schema schema) {
    return subjects.getOrDefault(subject, List.of()).stream()
        .filter(id -> entries.get(id - 1).schema().equals(schema))
        .findFirst()
        .orElseGet(() -> add(subject, schema));
  }

  private void lookup(HttpExchange exchange, String subject, Schema schema) throws IOException {
    List<Integer> known = subjects.getOrDefault(subject, List.of());
    for (int id : known) {
      if (entries.get(id - 1).schema().equals(schema)) {
        answer(
            exchange,
            200,
            JSON.createObjectNode()
                .put("subject", subject)
                .put("version", known.indexOf(id) + 1)
                .put("id", id)
                .put("schema", schema.toString())
                .toString());
        return;
      }
    }
    notFound(exchange);
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    answer(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
