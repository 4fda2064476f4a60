package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A simulator for faults, with two clients: one by the wire, and one that sends each request once
 * and no more, which java.net.http does not.
 */
final class Disturbed implements AutoCloseable {
  final Simulator simulator;
  final WireClient client;
  private final OkHttpClient once =
      new OkHttpClient.Builder()
          .retryOnConnectionFailure(false)
          .readTimeout(20, TimeUnit.SECONDS)
          .build();

  Disturbed(Path data) throws IOException {
    this(SimulatorSettings.in(data).withDelays(Duration.ZERO, Duration.ZERO));
  }

  Disturbed(Path data, Clock clock) throws IOException {
    this(SimulatorSettings.in(data).withDelays(Duration.ZERO, Duration.ZERO), clock);
  }

  Disturbed(SimulatorSettings settings) throws IOException {
    this(settings, Clock.systemUTC());
  }

  private Disturbed(SimulatorSettings settings, Clock clock) throws IOException {
    simulator = Simulator.start(settings, clock);
    client = new WireClient(simulator, settings.apiKeys().get(0));
  }

  /** Arms faults, written with single quotes. */
  void arm(String... faults) {
    put("/simulator/faults", "[" + String.join(",", faults) + "]");
  }

  void put(String path, String json) {
    WireClient.json(client.send("PUT", path, json.replace('\'', '"')));
  }

  void calm() {
    WireClient.json(client.send("DELETE", "/simulator/faults", ""));
  }

  List<Integer> fired() {
    List<Integer> fired = new ArrayList<>();
    client.get("/simulator/faults").forEach(fault -> fired.add(fault.path("fired").asInt()));
    return fired;
  }

  List<String> violations() {
    List<String> kinds = new ArrayList<>();
    for (JsonNode violation : client.ledger().path("violations")) {
      kinds.add(violation.path("kind").asText());
    }
    return kinds;
  }

  /** Sends a request once; an answer comes with its body read. */
  Answer once(String method, String path, @Nullable String body, String... headers)
      throws IOException {
    return once(once, method, path, body, headers);
  }

  Answer once(Duration patience, String method, String path, @Nullable String body)
      throws IOException {
    return once(once.newBuilder().readTimeout(patience).build(), method, path, body);
  }

  private Answer once(
      OkHttpClient http, String method, String path, @Nullable String body, String... headers)
      throws IOException {
    String url = path.startsWith("http") ? path : simulator.baseUrl() + path;
    RequestBody content =
        body == null ? null : RequestBody.create(body, MediaType.get("application/json"));
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .method(method, content)
            .header("x-goog-api-key", "simulator");
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (Response response = http.newCall(request.build()).execute()) {
      return new Answer(
          response.code(), response.header("Retry-After", ""), response.body().string());
    }
  }

  record Answer(int code, String retryAfter, String body) {}

  static String createOf(String displayName, String file) {
    return "{\"batch\":{\"displayName\":\"%s\",\"inputConfig\":{\"fileName\":\"%s\"}}}"
        .formatted(displayName, file);
  }

  static final String CREATE = "/v1beta/models/m:batchGenerateContent";

  @Override
  public void close() {
    simulator.close();
    once.dispatcher().executorService().shutdown();
    once.connectionPool().evictAll();
  }
}
