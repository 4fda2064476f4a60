package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request and the place for its response. */
final class Call {
  private static final int MAX_JSON_BYTES = 20 << 20;

  private final HttpExchange exchange;
  private final Reply reply;
  private String project = "";
  private long bodyBytes = Long.MAX_VALUE;
  private boolean late;
  private boolean rangeless;
  private @Nullable JsonNode json;

  Call(HttpExchange exchange) {
    this.exchange = exchange;
    this.reply = new Reply(exchange);
  }

  Reply reply() {
    return reply;
  }

  /** The project that the call's key belongs to; empty before the key was looked at. */
  String project() {
    return project;
  }

  void enter(String newProject) {
    project = newProject;
  }

  /** Whether the call takes effect long after its connection was closed. */
  boolean late() {
    return late;
  }

  void postpone() {
    late = true;
  }

  /** Whether the call is answered as by a service that knows no ranges. */
  boolean rangeless() {
    return rangeless;
  }

  void ignoreRanges() {
    rangeless = true;
  }

  /** Breaks the body off after so many bytes, as a broken connection would. */
  void cutBodyAfter(long bytes) {
    bodyBytes = bytes;
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
    InputStream body = exchange.getRequestBody();
    return bodyBytes == Long.MAX_VALUE ? body : new CutShort(body, bodyBytes);
  }

  /** The body, an object; an empty one if there is no body. May be asked for again. */
  JsonNode json() throws IOException {
    JsonNode json = tree();
    if (json.isMissingNode()) {
      return Json.object();
    }
    if (json.isObject()) {
      return json;
    }
    throw ApiError.invalid("Invalid JSON payload received. Root element must be a message.");
  }

  /** The body, any JSON; a missing node if there is no body. May be asked for again. */
  JsonNode tree() throws IOException {
    JsonNode read = json;
    if (read == null) {
      byte[] bytes = body().readNBytes(MAX_JSON_BYTES + 1);
      if (bytes.length > MAX_JSON_BYTES) {
        throw ApiError.invalid("Request payload size exceeds the limit: upload a file instead.");
      }
      try {
        read = Json.MAPPER.readTree(bytes);
      } catch (JsonProcessingException e) {
        throw ApiError.invalid("Invalid JSON payload received. " + e.getOriginalMessage());
      }
      json = read;
    }
    return read;
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
}
