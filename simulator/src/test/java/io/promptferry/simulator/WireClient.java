package io.promptferry.simulator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Speaks to a simulator by the wire protocol, with nothing of the simulator's own code. */
final class WireClient {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient http = HttpClient.newHttpClient();

  private final String baseUrl;
  private final String key;

  WireClient(Simulator simulator) {
    this(simulator, "simulator");
  }

  WireClient(Simulator simulator, String key) {
    this.baseUrl = simulator.baseUrl().toString();
    this.key = key;
  }

  /** A request line for a prompt. */
  static String line(String key, String prompt) {
    return line(key, prompt, "{}");
  }

  static String line(String key, String prompt, String generationConfig) {
    return """
        {"key":%s,"request":{"contents":[{"role":"user","parts":[{"text":%s}]}],\
        "generationConfig":%s}}
        """
        .formatted(quoted(key), quoted(prompt), generationConfig);
  }

  private static String quoted(String text) {
    return JSON.getNodeFactory().textNode(text).toString();
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    URI uri = URI.create(path.startsWith("http") ? path : baseUrl + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("x-goog-api-key", key);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(
          request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> startUpload(String fileName, long length) {
    String file = fileName.isEmpty() ? "{}" : "{\"file\":{\"name\":\"" + fileName + "\"}}";
    return send(
        "POST",
        "/upload/v1beta/files",
        file,
        "X-Goog-Upload-Protocol",
        "resumable",
        "X-Goog-Upload-Command",
        "start",
        "X-Goog-Upload-Header-Content-Type",
        "application/jsonl",
        "X-Goog-Upload-Header-Content-Length",
        Long.toString(length));
  }

  HttpResponse<String> uploadPart(String url, String command, long offset, String content) {
    return send(
        "POST",
        url,
        content,
        "X-Goog-Upload-Command",
        command,
        "X-Goog-Upload-Offset",
        Long.toString(offset));
  }

  /** Uploads and gives the file's name. */
  String upload(String content) {
    String url = startUpload("", -1).headers().firstValue("X-Goog-Upload-URL").orElseThrow();
    HttpResponse<String> done = uploadPart(url, "upload, finalize", 0, content);
    return json(done).at("/file/name").asText();
  }

  HttpResponse<String> create(String displayName, String fileName) {
    return send(
        "POST",
        "/v1beta/models/gemini-2.5-flash:batchGenerateContent",
        "{\"batch\":{\"displayName\":\"%s\",\"inputConfig\":{\"fileName\":\"%s\"}}}"
            .formatted(displayName, fileName));
  }

  /** Uploads, creates a job and gives its name. */
  String submit(String displayName, String content) {
    return json(create(displayName, upload(content))).path("name").asText();
  }

  JsonNode get(String path) {
    return json(send("GET", path, ""));
  }

  JsonNode ended(String name) {
    return await()
        .atMost(30, SECONDS)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> get("/v1beta/" + name), job -> job.path("done").asBoolean());
  }

  /** The result lines of a job that succeeds. */
  String results(String name) {
    String file = ended(name).at("/response/responsesFile").asText();
    return send("GET", "/v1beta/" + file + ":download?alt=media", "").body();
  }

  JsonNode ledger() {
    return get("/simulator/ledger");
  }

  static JsonNode json(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return parsed(response.body());
  }

  static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
