package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request and the place for its response. */
final class Call {
  private static final int MAX_JSON_BYTES = 1 << 20;

  private final HttpExchange exchange;

  Call(HttpExchange exchange) {
    this.exchange = exchange;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  void setHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  @Nullable String query(String name) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  InputStream body() {
    return exchange.getRequestBody();
  }

  /** The body, an object; an empty one if there is no body. */
  JsonNode json() throws IOException {
    byte[] bytes = body().readNBytes(MAX_JSON_BYTES + 1);
    if (bytes.length > MAX_JSON_BYTES) {
      throw ApiError.invalid("Request payload size exceeds the limit: upload a file instead.");
    }
    try {
      JsonNode json = Json.MAPPER.readTree(bytes);
      if (json.isMissingNode()) {
        return Json.object();
      }
      if (json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      throw ApiError.invalid("Invalid JSON payload received. " + e.getOriginalMessage());
    }
    throw ApiError.invalid("Invalid JSON payload received. Root element must be a message.");
  }

  /** Refuses fields that are not listed, as the service does; both spellings are taken. */
  static void allowOnly(JsonNode node, String where, Set<String> camelCaseNames) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (camelCaseNames.stream()
                  .noneMatch(known -> known.equals(name) || Json.snakeCase(known).equals(name))) {
                throw ApiError.invalid(
                    "Invalid JSON payload received. Unknown name \""
                        + name
                        + "\" at '"
                        + where
                        + "': Cannot find field.");
              }
            });
  }

  void respond(JsonNode json) throws IOException {
    respond(200, json);
  }

  void respond(int status, JsonNode json) throws IOException {
    byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
    setHeader("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  void respondEmpty() throws IOException {
    exchange.sendResponseHeaders(200, -1);
  }

  void respondFile(Path file, String mimeType) throws IOException {
    // Opened before anything is sent: a file deleted meanwhile is an error, not a torn download.
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      setHeader("Content-Type", mimeType);
      exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
      if (size > 0) {
        Channels.newInputStream(channel).transferTo(exchange.getResponseBody());
      }
    }
  }

  /** A body of JSON whose length is not known beforehand. */
  OutputStream respondStreaming() throws IOException {
    setHeader("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(200, 0);
    return exchange.getResponseBody();
  }

  boolean answered() {
    return exchange.getResponseCode() != -1;
  }
}
